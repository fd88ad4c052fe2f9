package import Bytes
package import Evidence
package import Findings

/// A finding as a comparison needs it.
package struct ComparedFile: Hashable, Sendable {
  /// Endpoint, under the name that both sides share.
  package let endpoint: String
  package let volume: Int?
  /// Path in the volume, or below the target of a live scan, so that two copies of a folder compare.
  package let path: RawPath
  package let stream: RawPath?
  package let state: AllocationState?
  package let sha256: String?
  package let product: String?
  package let component: String?
  package let confidence: Confidence?

  /// The identity that a file keeps when its content changes.
  struct Place: Hashable {
    let endpoint: String
    let volume: Int?
    let path: RawPath
    let stream: RawPath?
  }

  var place: Place { Place(endpoint: endpoint, volume: volume, path: path, stream: stream) }

  /// Path for people.
  package var shown: String {
    (volume.map { "volume \($0): " } ?? "") + path.shown + (stream.map { ":" + $0.shown } ?? "")
      + (state.map { $0 == .allocated ? "" : " (\($0.rawValue))" } ?? "")
  }
}

/// A product as a comparison needs it: a line of the inventory, and the number of its files.
package struct ComparedProduct: Hashable, Sendable {
  package let endpoint: String
  package let volume: Int?
  package let installation: RawPath
  package let product: ResultProduct
  package let files: Int

  struct Name: Hashable {
    let endpoint: String
    let product: String
    let isEmbedded: Bool
  }

  var name: Name {
    Name(endpoint: endpoint, product: product.product, isEmbedded: product.isEmbedded)
  }

  /// Components that are programs; a removal may leave the others behind.
  private static let programs: Set<String> = [
    "application", "driver", "kernel_module", "library", "service", "installer",
  ]

  /// Whether no program is left, only records, settings, data or deleted files.
  package var isRemnant: Bool {
    product.state == .remnants || Self.programs.isDisjoint(with: product.components.keys)
  }

  /// Product and versions for people.
  package var shown: String {
    ([product.product] + product.versions).joined(separator: " ")
      + (product.isEmbedded ? " (embedded)" : "")
  }

  /// Folder for people.
  package var place: String { (volume.map { "volume \($0): " } ?? "") + installation.shown }
}

/// Everything of one side of a comparison.
struct ComparedSide {
  private(set) var files = [ComparedFile]()
  private(set) var products = [ComparedProduct]()
  let endpoints: Set<String>

  init(_ results: ResultSet, names: EndpointNames) throws {
    endpoints = Set(results.endpoints.map { names.name(of: $0) })
    var owners = [Int: [String: [Int]]]()
    for scan in results.scans {
      for (rank, product) in scan.products.enumerated() {
        for item in product.itemIDs {
          owners[scan.index, default: [:]][item, default: []].append(rank)
        }
      }
    }
    var counts = [Int: [Int: Int]]()
    try results.read { entry, scan in
      guard case .finding(let finding) = entry.record else { return }
      let locator = finding.locator
      let endpoint = names.name(
        of: scan.endpoint(of: locator.evidence, isImage: locator.volume != nil))
      // One content may be evidence of products of several systems; ids are those of one scan.
      let owner = owners[scan.index]?[finding.itemID]?.first {
        scan.products[$0].evidence == locator.evidence
          && scan.products[$0].volume?.index == locator.volume?.index
      }
      if let owner { counts[scan.index, default: [:]][owner, default: 0] += 1 }
      files.append(
        ComparedFile(
          endpoint: endpoint, volume: locator.volume?.index,
          path: Self.relative(locator.path, to: locator.evidence, isImage: locator.volume != nil),
          stream: locator.stream, state: locator.state, sha256: finding.sha256,
          product: owner.map { scan.products[$0].product } ?? finding.product,
          component: finding.component, confidence: finding.confidence))
    }
    for scan in results.scans {
      for (rank, product) in scan.products.enumerated() {
        products.append(
          ComparedProduct(
            endpoint: names.name(of: scan.endpoint(of: product)), volume: product.volume?.index,
            installation: Self.relative(
              product.installation, to: product.evidence, isImage: product.volume != nil),
            product: product, files: counts[scan.index]?[rank] ?? 0))
      }
    }
  }

  /// Path below the target. A target that was named relatively is found by its last components.
  private static func relative(_ path: RawPath, to evidence: RawPath, isImage: Bool) -> RawPath {
    guard !isImage else { return path }
    let slash = UInt8(ascii: "/")
    var target = evidence.bytes[...]
    while target.starts(with: "./".utf8) { target = target.dropFirst(2) }
    while target.last == slash { target = target.dropLast() }
    guard !target.isEmpty, target != [UInt8(ascii: ".")] else { return path }
    if target.first != slash { target = [slash] + target }
    guard
      let start = path.bytes.indices.first(where: { path.bytes[$0...].starts(with: target) })
    else { return path }
    let rest = path.bytes[(start + target.count)...]
    // A target that is the file itself keeps its name.
    if rest.isEmpty { return path.lastComponent }
    return rest.first == slash ? RawPath(Array(rest)) : path
  }
}

/// Names that two sides of a comparison share. A single endpoint on each side is the same one,
/// whatever it is called: an image before and an image after have different names.
struct EndpointNames {
  private let single: String?

  init(_ before: ResultSet, _ after: ResultSet) {
    let left = before.endpoints
    let right = after.endpoints
    single = left.count == 1 && right.count == 1 ? right.first?.name : nil
  }

  func name(of endpoint: Endpoint) -> String {
    if let single { return single }
    // Images are collected into another folder for each scan, and keep their names.
    return endpoint.medium?.lastComponent.shown ?? endpoint.machine
  }
}
