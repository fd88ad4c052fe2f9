public import Bytes
public import Evidence

/// One line of the inventory: a product that is present, and its evidence.
public struct Product: Hashable, Sendable, Codable {
  /// The product's name.
  public var product: String
  /// Vendor, if a rule names it.
  public var vendor: String?
  /// Edition, if the evidence shows it.
  public var edition: String?
  /// Product versions according to its binaries, in order.
  public var versions: [String]
  /// Evidence that contains it, as named by the user.
  public var evidence: RawPath
  /// Volume that contains it; nil on a live file system.
  public var volume: Volume?
  /// Deepest folder that contains all of its findings, absolute in its volume.
  public var installation: RawPath
  /// Number of findings of each component.
  public var components: [Component: Int]
  /// Highest confidence among its findings.
  public var confidence: Confidence
  /// Items that are evidence of it.
  public var itemIDs: [String]
  /// State of the product: in use, or only remains.
  public var state: State
  /// Earliest birth or change of content of its files and records.
  public var first: Timestamp?
  /// Latest change of content of its files and records.
  public var last: Timestamp?
  /// Whether another vendor's product contains this vendor's engine: outside BOD 17-01, inside
  /// FAR 52.204-23 (docs/facts.md#directives).
  public var isEmbedded: Bool

  /// State of a product, as far as the evidence was scanned.
  public enum State: String, Hashable, Sendable, CaseIterable, Codable {
    /// Its files are present, and the system starts it.
    case active
    /// Its files are present, and the system lists it as installed.
    case installed
    /// Its files are present; nothing scanned shows that it is installed.
    case files
    /// Only records, settings or deleted files are present.
    case remnants
  }

  /// Creates a line from its parts.
  public init(
    product: String, vendor: String?, edition: String?, versions: [String],
    evidence: RawPath, volume: Volume? = nil, installation: RawPath, components: [Component: Int],
    confidence: Confidence, itemIDs: [String], state: State, first: Timestamp? = nil,
    last: Timestamp? = nil, isEmbedded: Bool = false
  ) {
    self.product = product
    self.vendor = vendor
    self.edition = edition
    self.versions = versions
    self.evidence = evidence
    self.volume = volume
    self.installation = installation
    self.components = components
    self.confidence = confidence
    self.itemIDs = itemIDs
    self.state = state
    self.first = first
    self.last = last
    self.isEmbedded = isEmbedded
  }
}

/// A file in a product's folder that matched no rule: a third party's part, or data. It is not
/// evidence by itself.
public struct OtherFile: Hashable, Sendable, Codable {
  /// Location.
  public let locator: Locator
  /// Product whose folder contains it.
  public let product: String

  /// A file at `locator` in the folder of `product`.
  public init(locator: Locator, product: String) {
    self.locator = locator
    self.product = product
  }
}
