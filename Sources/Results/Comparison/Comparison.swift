import Bytes
package import Findings

/// Difference between the results of two scans of the same machines, by product and by file.
package struct Comparison: Sendable {
  /// A product that was there before, after, or both.
  package struct ProductChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      /// Nothing of it was found afterwards.
      case removed
      /// Only records, settings, data or deleted files are left, and no program.
      case remnants
      /// Some of its files are gone, but programs are left.
      case partial
      /// The product is in the same folder as before.
      case remaining
      /// The product is in another folder.
      case moved
      /// The product was not found before.
      case new
    }

    package let kind: Kind
    package let before: ComparedProduct?
    package let after: ComparedProduct?

    package var endpoint: String { (after ?? before)?.endpoint ?? "" }
  }

  /// A file that was found before, after, or both.
  package struct FileChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      /// The file was not found afterwards.
      case removed
      /// Found at the same path with the same content.
      case remaining
      /// Found at the same path with other content.
      case changed
      /// The same content at another path, and not at the old one.
      case moved
      /// Found only afterwards.
      case new
    }

    package let kind: Kind
    package let before: ComparedFile?
    package let after: ComparedFile?

    package var file: ComparedFile { (after ?? before)! }
  }

  package let products: [ProductChange]
  package let files: [FileChange]
  /// Endpoints that were scanned before and not afterwards: nothing can be said about them.
  package let missing: [String]
  /// Endpoints that were scanned only afterwards.
  package let added: [String]
  /// Whether everything of the later results was scanned, on every endpoint of the earlier ones.
  package let isComplete: Bool

  /// Compares two results.
  package init(_ before: ResultSet, _ after: ResultSet) throws {
    let names = EndpointNames(before, after)
    let left = try ComparedSide(before, names: names)
    let right = try ComparedSide(after, names: names)
    missing = left.endpoints.subtracting(right.endpoints).sorted()
    added = right.endpoints.subtracting(left.endpoints).sorted()
    isComplete = after.isComplete && missing.isEmpty
    let gone = Set(missing)
    // What is on an endpoint that was not scanned again is not removed.
    files = Self.files(
      left.files.filter { !gone.contains($0.endpoint) }, right.files)
    products = Self.products(
      left.products.filter { !gone.contains($0.endpoint) }, right.products)
  }

  /// Whether anything is left: a product, or a finding of at least this confidence. A finding of a
  /// rule without a stated confidence counts.
  package func somethingRemains(atLeast confidence: Confidence) -> Bool {
    products.contains { ($0.after?.product.confidence).map { $0 >= confidence } ?? false }
      || files.contains { change in
        change.after.map { $0.confidence.map { $0 >= confidence } ?? true } ?? false
      }
  }

  /// Number of products with each kind of change.
  package var counts: [ProductChange.Kind: Int] {
    products.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
  }

  private static func files(_ before: [ComparedFile], _ after: [ComparedFile]) -> [FileChange] {
    var left = [ComparedFile.Place: [ComparedFile]]()
    for file in before { left[file.place, default: []].append(file) }
    var changes = [FileChange]()
    var fresh = [ComparedFile]()
    for file in after {
      guard var same = left[file.place], let rank = Self.match(file, in: same) else {
        fresh.append(file)
        continue
      }
      let old = same.remove(at: rank)
      left[file.place] = same.isEmpty ? nil : same
      changes.append(
        FileChange(
          kind: old.sha256 == file.sha256 ? .remaining : .changed, before: old, after: file))
    }
    var lost = [Content: [ComparedFile]]()
    var removed = [ComparedFile]()
    for file in left.values.joined() {
      guard let digest = file.sha256 else {
        removed.append(file)
        continue
      }
      lost[Content(endpoint: file.endpoint, digest: digest), default: []].append(file)
    }
    for key in lost.keys { lost[key]?.sort { $0.path > $1.path } }
    for file in fresh.sorted(by: { $0.path < $1.path }) {
      let content = file.sha256.map { Content(endpoint: file.endpoint, digest: $0) }
      if let content, let old = lost[content]?.popLast() {
        changes.append(FileChange(kind: .moved, before: old, after: file))
      } else {
        changes.append(FileChange(kind: .new, before: nil, after: file))
      }
    }
    removed += lost.values.joined()
    changes += removed.map { FileChange(kind: .removed, before: $0, after: nil) }
    return changes.sorted { order($0) < order($1) }
  }

  private struct Content: Hashable {
    let endpoint: String
    let digest: String
  }

  /// Among files of one place (deleted ones share it), the one with the same content, else any.
  private static func match(_ file: ComparedFile, in others: [ComparedFile]) -> Int? {
    others.firstIndex { $0.sha256 == file.sha256 } ?? others.indices.first
  }

  private static func order(_ change: FileChange) -> (String, Int, String, String) {
    let file = change.file
    return (file.endpoint, file.volume ?? -1, file.shown, change.kind.rawValue)
  }

  private static func products(_ before: [ComparedProduct], _ after: [ComparedProduct])
    -> [ProductChange]
  {
    var left = Dictionary(grouping: before, by: \.name)
    var changes = [ProductChange]()
    var fresh = [ComparedProduct]()
    for product in after {
      let same = left[product.name] ?? []
      let rank = same.firstIndex {
        $0.installation == product.installation && $0.volume == product.volume
      }
      guard let rank else {
        fresh.append(product)
        continue
      }
      let old = left[product.name]!.remove(at: rank)
      changes.append(ProductChange(kind: kind(old, product), before: old, after: product))
    }
    for product in fresh {
      let others = left[product.name] ?? []
      let rank = others.indices.max {
        likeness(others[$0], product) < likeness(others[$1], product)
      }
      if let rank {
        let old = left[product.name]!.remove(at: rank)
        let kind = kind(old, product)
        changes.append(
          ProductChange(
            // Remnants have the folder of what is left, which is not a move.
            kind: kind == .remnants || old.isRemnant ? kind : kind == .partial ? .partial : .moved,
            before: old, after: product))
      } else {
        changes.append(ProductChange(kind: .new, before: nil, after: product))
      }
    }
    changes += left.values.joined().map { ProductChange(kind: .removed, before: $0, after: nil) }
    return changes.sorted { key($0) < key($1) }
  }

  /// Likeness of two lines of the same product, which may be one installation: its volume and versions,
  /// then the folders that both paths begin with.
  private static func likeness(_ one: ComparedProduct, _ other: ComparedProduct) -> (Int, Int) {
    let isSame =
      (one.volume == other.volume ? 1 : 0)
      + (Set(one.product.versions).isDisjoint(with: other.product.versions) ? 0 : 2)
    let slash = UInt8(ascii: "/")
    let folders = zip(
      one.installation.bytes.split(separator: slash),
      other.installation.bytes.split(separator: slash)
    ).prefix { $0 == $1 }.count
    return (isSame, folders)
  }

  private static func kind(_ before: ComparedProduct, _ after: ComparedProduct)
    -> ProductChange.Kind
  {
    if after.isRemnant { return .remnants }
    return after.files < before.files ? .partial : .remaining
  }

  private static func key(_ change: ProductChange) -> (String, Int, String, String) {
    let rank = ProductChange.Kind.allCases.firstIndex(of: change.kind) ?? 0
    let product = change.after ?? change.before
    return (change.endpoint, rank, product?.shown ?? "", product?.place ?? "")
  }
}
