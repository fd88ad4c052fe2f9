import Bytes
package import Evidence
package import Findings
package import Profiles

/// Groups findings into products: one line per product of one system. Findings that are `weak`,
/// or of rules without a vendor, are excluded.
///
/// A finding belongs to the product of its folder; otherwise to the one that the binary or
/// record names. Parts shared by all products (drivers, records of services) belong to the only
/// product of their system, if there is exactly one.
package struct Inventory: Sendable {
  /// One system. Volumes of an image, and folders that look like a system's root, are separate
  /// systems.
  private struct System: Hashable {
    let evidence: RawPath
    let volume: Volume?
    let root: [UInt8]?
  }
  private var pieces: [System: [InventoryPiece]] = [:]
  private var clean: [Locator] = []
  private let names: ProductNames

  /// Limit of unmatched files kept for ``otherFiles``.
  package static let maximumOtherFiles = 10_000

  /// Creates an empty inventory that uses these product names.
  package init(_ names: ProductNames) { self.names = names }

  /// Adds a finding to its product.
  package mutating func add(_ finding: Finding) {
    let attribution = finding.attribution
    guard let confidence = attribution.confidence, confidence > .weak, attribution.vendor != nil
    else { return }
    let added =
      finding.traces.isEmpty
      ? [InventoryPiece(finding, confidence: confidence, names)]
      : finding.traces.map { InventoryPiece($0, in: finding, confidence: confidence, names) }
    let system = System(
      evidence: finding.locator.evidence, volume: finding.locator.volume,
      root: added[0].place.root)
    pieces[system, default: []] += added
  }

  /// Whether to note a file that matched nothing: it is in a folder that may be a product's.
  /// Cheap, because it is called for every clean item.
  package static func isNoteworthy(_ locator: Locator, _ names: ProductNames) -> Bool {
    SystemPlace.mayBeInFolder(locator.path, names)
      && SystemPlace(locator.path, names).folder != nil
  }

  /// Notes a file that matched nothing and is ``isNoteworthy(_:)``: it may be one of
  /// ``otherFiles``.
  package mutating func note(clean locator: Locator) {
    guard clean.count < Self.maximumOtherFiles else { return }
    clean.append(locator)
  }

  /// Lines of the inventory, by product and location.
  package var products: [Product] {
    pieces.flatMap { system, pieces in
      let names = SystemNames(pieces, self.names)
      return Dictionary(grouping: pieces) { names.name(of: $0) }.map { name, pieces in
        Product(name, pieces, evidence: system.evidence, volume: system.volume)
      }
    }.sorted { left, right in
      (left.product, left.evidence, left.volume?.index ?? -1, left.installation)
        < (right.product, right.evidence, right.volume?.index ?? -1, right.installation)
    }
  }

  /// Files in product folders without a finding: third-party parts, data. Context only.
  package var otherFiles: [OtherFile] {
    let systems = pieces.mapValues { SystemNames($0, names) }
    return clean.compactMap { locator in
      let place = SystemPlace(locator.path, names)
      let system = System(
        evidence: locator.evidence, volume: locator.volume, root: place.root)
      guard let folder = place.folder, let product = systems[system]?.name(ofFolder: folder) else {
        return nil
      }
      return OtherFile(locator: locator, product: product)
    }.sorted { ($0.locator.path, $0.product) < ($1.locator.path, $1.product) }
  }
}

/// Product names within one system.
private struct SystemNames {
  private var folders: [String: String] = [:]
  private let products: Set<String>

  init(_ pieces: [InventoryPiece], _ names: ProductNames) {
    // Precedence: a record that names the folder, then the folder's own name, then the product that
    // most of its files name.
    for piece in pieces {
      guard let product = piece.product else { continue }
      if let folder = piece.recordedFolder { folders[folder] = product }
      if let edition = piece.edition?.lowercased() { folders[edition] = product }
    }
    var votes: [String: [String: Int]] = [:]
    for piece in pieces {
      guard let folder = piece.place.folder, folders[folder] == nil else { continue }
      if let product = names.aliases[folder] { folders[folder] = product }
      if let product = piece.product {
        votes[folder, default: [:]][product, default: 0] +=
          piece.component == .application ? 1000 : 1
      }
    }
    for (folder, votes) in votes where folders[folder] == nil {
      folders[folder] = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
    let found = folders
    products = Set(
      pieces.compactMap { piece in piece.place.folder.flatMap { found[$0] } ?? piece.product })
  }

  func name(ofFolder folder: String) -> String? { folders[folder] }

  func name(of piece: InventoryPiece) -> String {
    if let own = piece.place.folder.flatMap(name(ofFolder:)) ?? piece.product { return own }
    let vendor = piece.vendor ?? "unknown vendor"
    return switch products.count {
    case 0: piece.family ?? "\(vendor), product not stated"
    case 1: products.first!
    default: "\(vendor), shared by several products"
    }
  }
}

extension Product {
  /// Creates the line of one product.
  fileprivate init(
    _ name: String, _ pieces: [InventoryPiece], evidence: RawPath, volume: Volume?
  ) {
    let versionRank = pieces.lazy.filter { $0.version != nil }.map(\.versionRank).min()
    let versions = pieces.filter { $0.versionRank == versionRank }.compactMap(\.version)
    // A hard-linked file, or a file with several records, is one component.
    var components: [Component: Int] = [:]
    var itemIDs = Set<String>()
    for piece in pieces where itemIDs.insert(piece.itemID).inserted {
      if let component = piece.component { components[component, default: 0] += 1 }
    }
    // The program folder determines the installation path; system folders do not widen it.
    let own = pieces.filter { $0.place.folder != nil && $0.isFile }
    let programs = own.filter { $0.component == .application }
    let folders = (programs.isEmpty ? own.isEmpty ? pieces : own : programs).map(\.parent)
    let hasFiles = pieces.contains(where: \.isFile)
    let state: State =
      if !hasFiles { .remnants } else if pieces.contains(where: \.isStart) {
        .active
      } else if pieces.contains(where: \.isRecord) { .installed } else { .files }
    self.init(
      product: name, vendor: pieces[0].vendor,
      edition: pieces.compactMap(\.edition).max(), versions: Set(versions).sorted(),
      evidence: evidence, volume: volume,
      installation: RawPath(folders.dropFirst().reduce(folders[0], Self.commonFolder)),
      components: components, confidence: pieces.map(\.confidence).max() ?? .weak,
      itemIDs: itemIDs.sorted(), state: state, first: pieces.compactMap(\.first).min(),
      last: pieces.compactMap(\.last).max(),
      isEmbedded: pieces.allSatisfy(\.isEmbedded))
  }

  /// Deepest folder that contains both.
  private static func commonFolder(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let names = zip(left.split(separator: slash), right.split(separator: slash))
      .prefix { $0.0 == $0.1 }.map(\.0)
    return [slash] + Array(names.joined(separator: [slash]))
  }
}
