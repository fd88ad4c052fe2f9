import Bytes
import Evidence
import Findings
package import Results

/// Output of a comparison.
package protocol ComparisonReport {
  /// Writes the products, and the files if they are wanted.
  func write(to output: any TextOutput, includingFiles: Bool) throws
}

/// Comparison for people: a table of products, one of files, and a conclusion.
package struct ComparisonText: ComparisonReport {
  private let comparison: Comparison

  package init(_ comparison: Comparison) { self.comparison = comparison }

  package func write(to output: any TextOutput, includingFiles: Bool) throws {
    try output.write(products)
    if includingFiles { try output.write(files) }
    try output.write(conclusion)
  }

  private var products: String {
    guard !comparison.products.isEmpty else { return "No product before or after.\n" }
    var table = TextTable(["CHANGE", "PRODUCT", "ENDPOINT", "FILES", "WHERE", "STATE"])
    for change in comparison.products {
      let product = change.after ?? change.before!
      table.add([
        change.kind.rawValue, versions(change), Printable.text(product.endpoint),
        pair(change.before.map { String($0.files) }, change.after.map { String($0.files) }),
        change.kind == .moved
          ? "\(change.before!.place) -> \(product.place)" : product.place,
        pair(
          change.before?.product.state.rawValue,
          change.after?.product.state.rawValue ?? "removed"),
      ])
    }
    return table.text
  }

  private func versions(_ change: Comparison.ProductChange) -> String {
    let product = change.after ?? change.before!
    guard let before = change.before, let after = change.after,
      before.product.versions != after.product.versions,
      !before.product.versions.isEmpty, !after.product.versions.isEmpty
    else { return Printable.text(product.shown) }
    return Printable.text(
      "\(product.product.product) \(before.product.versions.joined(separator: " ")) -> "
        + after.product.versions.joined(separator: " "))
  }

  private func pair(_ before: String?, _ after: String?) -> String {
    before == after ? before ?? "-" : "\(before ?? "0") -> \(after ?? "0")"
  }

  private var files: String {
    guard !comparison.files.isEmpty else { return "" }
    var table = TextTable(["CHANGE", "CONFIDENCE", "ENDPOINT", "FILE"])
    for change in comparison.files {
      let file = change.file
      table.add([
        change.kind.rawValue, file.confidence?.rawValue ?? "-", Printable.text(file.endpoint),
        change.kind == .moved ? "\(change.before!.shown) -> \(file.shown)" : file.shown,
      ])
    }
    return "\n" + table.text
  }

  private var conclusion: String {
    let counts = Comparison.ProductChange.Kind.allCases.compactMap { kind in
      comparison.counts[kind].map { "\($0) \(kind.rawValue)" }
    }
    var lines = [
      "",
      counts.isEmpty ? "No product." : "Products: " + counts.joined(separator: ", ") + ".",
    ]
    for name in comparison.missing {
      lines.append("NOT SCANNED AFTERWARDS: \(Printable.text(name))")
    }
    for name in comparison.added {
      lines.append("scanned only afterwards: \(Printable.text(name))")
    }
    lines.append(
      comparison.isComplete
        ? "Complete: everything was scanned afterwards."
        : "INCOMPLETE: what was not scanned afterwards is not removed.")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Comparison as JSON Lines: one `product_change` or `file_change` per line, then one `comparison`.
package struct ComparisonLines: ComparisonReport {
  private let comparison: Comparison

  package init(_ comparison: Comparison) { self.comparison = comparison }

  package func write(to output: any TextOutput, includingFiles: Bool) throws {
    for change in comparison.products {
      let product = change.after ?? change.before!
      try write(
        "product_change",
        [
          ("change", .string(change.kind.rawValue)), ("endpoint", .string(product.endpoint)),
          ("product", .string(product.product.product)),
          ("embedded", .boolean(product.product.isEmbedded)),
          ("before", change.before.map(side)), ("after", change.after.map(side)),
        ], to: output)
    }
    for change in includingFiles ? comparison.files : [] {
      try write(
        "file_change",
        [
          ("change", .string(change.kind.rawValue)), ("endpoint", .string(change.file.endpoint)),
          ("product", change.file.product.map(JSON.string)),
          ("confidence", change.file.confidence.map { .string($0.rawValue) }),
          ("before", change.before.map(side)), ("after", change.after.map(side)),
        ], to: output)
    }
    try write(
      "comparison",
      [
        (
          "products",
          .object(
            Comparison.ProductChange.Kind.allCases.map {
              ($0.rawValue, .integer(Int64(comparison.counts[$0] ?? 0)))
            })
        ),
        ("not_scanned_afterwards", .array(comparison.missing.map(JSON.string))),
        ("scanned_only_afterwards", .array(comparison.added.map(JSON.string))),
        ("complete", .boolean(comparison.isComplete)),
      ], to: output)
  }

  private func side(_ product: ComparedProduct) -> JSON {
    .object([
      ("versions", .array(product.product.versions.map(JSON.string))),
      ("state", .string(product.product.state.rawValue)),
      ("files", .integer(Int64(product.files))),
      ("volume", product.volume.map { .integer(Int64($0)) }),
      ("installation", .string(product.installation.shown)),
    ])
  }

  private func side(_ file: ComparedFile) -> JSON {
    .object([
      ("volume", file.volume.map { .integer(Int64($0)) }), ("path", .string(file.path.shown)),
      ("stream", file.stream.map { .string($0.shown) }),
      ("state", file.state.map { .string($0.rawValue) }),
      ("sha256", file.sha256.map(JSON.string)),
    ])
  }

  private func write(
    _ type: String, _ members: [(key: String, value: JSON?)], to output: any TextOutput
  ) throws {
    let head: [(key: String, value: JSON?)] = [("schema", .integer(1)), ("type", .string(type))]
    try output.write(JSON.object(head + members).line + "\n")
  }
}
