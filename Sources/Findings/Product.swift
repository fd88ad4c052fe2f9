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

  /// A line of these parts.
  public init(
    product: String, vendor: String?, edition: String?, versions: [String],
    evidence: RawPath, volume: Volume? = nil, installation: RawPath, components: [Component: Int],
    confidence: Confidence, itemIDs: [String]
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
  }
}
