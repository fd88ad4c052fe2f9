import Bytes
public import Evidence
public import Findings

/// Groups findings into products: one line for a product of one system. Findings that are `weak`, or of rules
/// that name no vendor, stay outside.
///
/// A product's folder decides what belongs to it, then the name that a binary or record gives. What any product may
/// bring (drivers, records of services) belongs to the only product of its system, if there is but one.
public struct Inventory: Sendable {
  /// One system: volumes of an image, and folders that look like a system's root, are told apart.
  private struct System: Hashable {
    let evidence: RawPath
    let volume: Volume?
    let root: [UInt8]?
  }
  private var pieces: [System: [InventoryPiece]] = [:]
  private var clean: [Locator] = []

  /// At most so many files that matched nothing are kept for ``otherFiles``.
  public static let maximumOtherFiles = 10_000

  /// An empty inventory.
  public init() {}

  /// Adds a finding to the product it belongs to.
  public mutating func add(_ finding: Finding) {
    let attribution = finding.attribution
    guard let confidence = attribution.confidence, confidence > .weak, attribution.vendor != nil
    else { return }
    let added =
      finding.traces.isEmpty
      ? [InventoryPiece(finding, confidence: confidence)]
      : finding.traces.map { InventoryPiece($0, in: finding, confidence: confidence) }
    let system = System(
      evidence: finding.locator.evidence, volume: finding.locator.volume,
      root: added[0].place.root)
    pieces[system, default: []] += added
  }

  /// Whether a file that matched nothing is to be noted: it lies in a folder that may be a product's. Cheap, and asked of
  /// every clean item.
  public static func isNoteworthy(_ locator: Locator) -> Bool {
    SystemPlace.mayBeInFolder(locator.path) && SystemPlace(locator.path).folder != nil
  }

  /// Notes a file that matched nothing and ``isNoteworthy(_:)``: it may be one of ``otherFiles``.
  public mutating func note(clean locator: Locator) {
    guard clean.count < Self.maximumOtherFiles else { return }
    clean.append(locator)
  }

  /// The lines, by product and place.
  public var products: [Product] {
    pieces.flatMap { system, pieces in
      let names = SystemNames(pieces)
      return Dictionary(grouping: pieces) { names.name(of: $0) }.map { name, pieces in
        Product(name, pieces, evidence: system.evidence, volume: system.volume)
      }
    }.sorted { left, right in
      (left.product, left.evidence, left.volume?.index ?? -1, left.installation)
        < (right.product, right.evidence, right.volume?.index ?? -1, right.installation)
    }
  }

  /// Files in the folders of products that are nobody's finding: third parties' parts, data. Context only.
  public var otherFiles: [OtherFile] {
    let names = pieces.mapValues(SystemNames.init)
    return clean.compactMap { locator in
      let place = SystemPlace(locator.path)
      let system = System(
        evidence: locator.evidence, volume: locator.volume, root: place.root)
      guard let folder = place.folder, let product = names[system]?.name(ofFolder: folder) else {
        return nil
      }
      return OtherFile(locator: locator, product: product)
    }.sorted { ($0.locator.path, $0.product) < ($1.locator.path, $1.product) }
  }
}

/// What the products of one system are called.
private struct SystemNames {
  private var folders: [String: String] = [:]
  private let products: Set<String>

  init(_ pieces: [InventoryPiece]) {
    // What a record says of a folder, then what the folder is called, then what most of its files call themselves.
    for piece in pieces {
      guard let product = piece.product else { continue }
      if let folder = piece.recordedFolder { folders[folder] = product }
      if let edition = piece.edition?.lowercased() { folders[edition] = product }
    }
    var votes: [String: [String: Int]] = [:]
    for piece in pieces {
      guard let folder = piece.place.folder, folders[folder] == nil else { continue }
      if let product = ProductName.ofFolder(folder) { folders[folder] = product }
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
  /// The line of one product.
  fileprivate init(
    _ name: String, _ pieces: [InventoryPiece], evidence: RawPath, volume: Volume?
  ) {
    let versionRank = pieces.lazy.filter { $0.version != nil }.map(\.versionRank).min()
    let versions = pieces.filter { $0.versionRank == versionRank }.compactMap(\.version)
    // A hard-linked file, and a file with several records, is one component.
    var components: [Component: Int] = [:]
    var itemIDs = Set<String>()
    for piece in pieces where itemIDs.insert(piece.itemID).inserted {
      if let component = piece.component { components[component, default: 0] += 1 }
    }
    // The programs' own folder says where it is installed; the system's folders do not widen it.
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

  /// The deepest folder that holds both.
  private static func commonFolder(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let names = zip(left.split(separator: slash), right.split(separator: slash))
      .prefix { $0.0 == $0.1 }.map(\.0)
    return [slash] + Array(names.joined(separator: [slash]))
  }
}
