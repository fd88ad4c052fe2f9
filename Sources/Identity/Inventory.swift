import Bytes
import Evidence
public import Findings

/// Groups findings into products: one line for a product in one volume of one evidence. Findings
/// that are `weak`, or of rules that name no vendor, stay outside.
public struct Inventory: Sendable {
  private struct Key: Hashable {
    let evidence: RawPath
    let volume: Volume?
    let product: String
  }
  private struct Entry {
    var vendor: String?
    var versions: Set<String> = []
    var folder: [UInt8]
    var components: [Component: Int] = [:]
    var confidence: Confidence
    var itemIDs: Set<String> = []
  }
  private var entries: [Key: Entry] = [:]

  /// An empty inventory.
  public init() {}

  /// Adds a finding to the line it belongs to.
  public mutating func add(_ finding: Finding) {
    let attribution = finding.attribution
    guard let confidence = attribution.confidence, confidence > .weak, attribution.vendor != nil
    else { return }
    let key = Key(
      evidence: finding.locator.evidence, volume: finding.locator.volume,
      product: attribution.product
        ?? "\(attribution.vendor ?? "unknown vendor"), product not stated")
    let folder = finding.locator.path.parent.bytes
    var entry = entries[key] ?? Entry(folder: folder, confidence: confidence)
    entry.vendor = attribution.vendor
    entry.folder = Self.commonFolder(entry.folder, folder)
    entry.confidence = max(entry.confidence, confidence)
    if let version = attribution.productVersion ?? attribution.version {
      entry.versions.insert(version)
    }
    // A hard-linked file is one component, whatever its paths.
    if entry.itemIDs.insert(finding.itemID).inserted, let component = attribution.component {
      entry.components[component, default: 0] += 1
    }
    entries[key] = entry
  }

  /// The lines, by product and place.
  public var products: [Product] {
    entries.map { key, entry in
      Product(
        product: key.product, vendor: entry.vendor, edition: nil, versions: entry.versions.sorted(),
        evidence: key.evidence, volume: key.volume, installation: RawPath(entry.folder),
        components: entry.components,
        confidence: entry.confidence, itemIDs: entry.itemIDs.sorted())
    }.sorted { left, right in
      (left.product, left.evidence, left.volume?.index ?? -1, left.installation)
        < (right.product, right.evidence, right.volume?.index ?? -1, right.installation)
    }
  }

  /// The deepest folder that holds both.
  private static func commonFolder(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let names = zip(left.split(separator: slash), right.split(separator: slash))
      .prefix { $0.0 == $0.1 }.map(\.0)
    return [slash] + Array(names.joined(separator: [slash]))
  }
}
