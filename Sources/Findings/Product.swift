public import Bytes
public import Evidence

/// One line of the inventory: a product that is present, and what shows it.
public struct Product: Hashable, Sendable {
  /// The product's name.
  public var product: String
  /// Who made it, where a rule says so.
  public var vendor: String?
  /// The edition, where the evidence tells it.
  public var edition: String?
  /// The versions of the product that its binaries state, in order.
  public var versions: [String]
  /// The evidence it is in, as the user named it.
  public var evidence: RawPath
  /// The volume it is in; nil on a live file system.
  public var volume: Volume?
  /// The deepest folder that holds all of its findings, absolute in its volume.
  public var installation: RawPath
  /// How many findings of each component.
  public var components: [Component: Int]
  /// The surest of its findings.
  public var confidence: Confidence
  /// The items that show it.
  public var itemIDs: [String]
  /// Whether it is in use, or only left something behind.
  public var state: State
  /// The first time that its files and records bear: the earliest birth or change of content.
  public var first: Timestamp?
  /// The last time that its files and records bear: the latest change of content.
  public var last: Timestamp?
  /// Whether it is another vendor's product that carries this vendor's engine: outside BOD 17-01, inside FAR 52.204-23
  /// (kaspersky.md A5).
  public var isEmbedded: Bool

  /// How much of a product is there, as far as the evidence was scanned.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Files of it are there, and the system starts it.
    case active
    /// Files of it are there, and the system counts it as installed.
    case installed
    /// Files of it are there; nothing that was scanned says that it is installed.
    case files
    /// Only records, settings or deleted files are there.
    case remnants
  }

  /// A line of these parts.
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

/// A file in a product's folder that matched no rule: somebody else's part of it, or data. It says nothing of itself.
public struct OtherFile: Hashable, Sendable {
  /// Where.
  public let locator: Locator
  /// The product whose folder it is in.
  public let product: String

  /// A file at `locator` in the folder of `product`.
  public init(locator: Locator, product: String) {
    self.locator = locator
    self.product = product
  }
}
