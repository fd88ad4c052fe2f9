import Bytes
import Evidence
public import Findings

/// Groups findings into products: one line for a product in one volume of one evidence. Findings
/// that are `weak`, or of rules that name no vendor, stay outside. A file that records installed software, such as a
/// registry hive, belongs to each product that it records.
public struct Inventory: Sendable {
  private struct Key: Hashable {
    let evidence: RawPath
    let volume: Volume?
    let product: String
  }
  private struct Entry {
    var vendor: String?
    var editions: Set<String> = []
    var versions: Set<String> = []
    /// The folder of what belongs to the product itself; nil as long as it is only recorded elsewhere.
    var folder: [UInt8]?
    /// The folder of the records.
    var recordFolder: [UInt8]?
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
    for claim in Claim.all(of: finding) { add(claim, finding, confidence) }
  }

  private mutating func add(_ claim: Claim, _ finding: Finding, _ confidence: Confidence) {
    let attribution = finding.attribution
    let key = Key(
      evidence: finding.locator.evidence, volume: finding.locator.volume,
      product: claim.product
        ?? "\(attribution.vendor ?? "unknown vendor"), product not stated")
    let folder = finding.locator.path.parent.bytes
    var entry = entries[key] ?? Entry(confidence: confidence)
    entry.vendor = attribution.vendor
    if finding.traces.isEmpty {
      entry.folder = Self.commonFolder(entry.folder, folder)
    } else {
      entry.recordFolder = Self.commonFolder(entry.recordFolder, folder)
    }
    entry.confidence = max(entry.confidence, confidence)
    entry.editions.formUnion(claim.editions)
    entry.versions.formUnion(claim.versions)
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
        product: key.product, vendor: entry.vendor,
        edition: entry.editions.count == 1 ? entry.editions.first : nil,
        versions: entry.versions.sorted(), evidence: key.evidence, volume: key.volume,
        installation: RawPath(entry.folder ?? entry.recordFolder ?? []),
        components: entry.components,
        confidence: entry.confidence, itemIDs: entry.itemIDs.sorted())
    }.sorted { left, right in
      (left.product, left.evidence, left.volume?.index ?? -1, left.installation)
        < (right.product, right.evidence, right.volume?.index ?? -1, right.installation)
    }
  }

  /// The deepest folder that holds both.
  private static func commonFolder(_ left: [UInt8]?, _ right: [UInt8]) -> [UInt8] {
    guard let left else { return right }
    let slash = UInt8(ascii: "/")
    let names = zip(left.split(separator: slash), right.split(separator: slash))
      .prefix { $0.0 == $0.1 }.map(\.0)
    return [slash] + Array(names.joined(separator: [slash]))
  }
}

/// A product that a finding shows.
private struct Claim {
  var product: String?
  var editions: Set<String> = []
  var versions: Set<String> = []

  /// What the binary or its rule names; of a file with records, each product that is recorded as installed.
  static func all(of finding: Finding) -> [Claim] {
    var recorded: [String: Claim] = [:]
    for trace in finding.traces where trace.kind != .settings && trace.isActive != false {
      guard let product = trace.product else { continue }
      var claim = recorded[product] ?? Claim(product: product)
      if let edition = trace.edition { claim.editions.insert(edition) }
      if let version = trace.version { claim.versions.insert(version) }
      recorded[product] = claim
    }
    guard recorded.isEmpty else { return Array(recorded.values) }
    let attribution = finding.attribution
    let version = attribution.productVersion ?? attribution.version
    return [Claim(product: attribution.product, versions: version.map { [$0] } ?? [])]
  }
}
