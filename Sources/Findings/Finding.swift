public import Bytes
public import Evidence

/// A confirmed match: libyara's report on one item, with its attribution, location and
/// confidence.
public struct Finding: Hashable, Sendable, Codable {
  /// Location; a hard-linked file has one finding per path.
  public var locator: Locator
  /// Identifier of the content: the same for all its paths, different for different contents of
  /// one scan.
  public var itemID: String
  /// Rules that matched, in the order of the rule files.
  public var matches: [MatchedRule]
  /// Attribution of the software.
  public var attribution: Attribution
  /// Records of installed software in the item; empty for an item that is software itself.
  public var traces: [Trace] = []
  /// Programs in the resources of the item.
  public var contents: [EmbeddedProgram] = []
  /// Size in bytes.
  public var size: UInt64
  /// Hashes of the whole content; of the bytes read if it ``isPartial``, which no report shows.
  public var digest: Digest
  /// Whether part of the content could not be read, and zeros stood in for it.
  public var isPartial = false
  /// Inode number in the file system; nil where there is none.
  public var inode: String?
  /// Times of the file.
  public var times: FileTimes

  /// Creates a finding from its parts.
  public init(
    locator: Locator, itemID: String, matches: [MatchedRule], attribution: Attribution,
    size: UInt64, digest: Digest, inode: String?, times: FileTimes
  ) {
    self.locator = locator
    self.itemID = itemID
    self.matches = matches
    self.attribution = attribution
    self.size = size
    self.digest = digest
    self.inode = inode
    self.times = times
  }
}

/// Attribution of a finding: from the rules' metadata and from the binary itself.
public struct Attribution: Hashable, Sendable, Codable {
  /// Most convincing rule that matched.
  public var rule: String
  /// Confidence; nil if no matching rule states one, which user rules need not.
  public var confidence: Confidence?
  /// Vendor of the software.
  public var vendor: String?
  /// Product according to the rules, else according to the binary.
  public var product: String?
  /// Version of the product according to the binary.
  public var productVersion: String?
  /// Version of the file according to the binary.
  public var version: String?
  /// Role within the product.
  public var component: Component?
  /// Target operating system: `windows`, `linux`, `macos`, `any`.
  public var platform: String?
  /// Whether another vendor's product contains this vendor's engine.
  public var isEmbedded: Bool
  /// Whether several products of the vendor may contain it: then ``product`` names the family.
  public var isShared: Bool
  /// Code signatures of the binary, each before those nested in it.
  public var codeSignatures: [CodeSignature]
  /// Reasons as text, the most convincing first.
  public var reasons: [String]

  /// Creates an attribution to `rule`; omitted values are unknown.
  public init(
    rule: String, confidence: Confidence? = nil, vendor: String? = nil, product: String? = nil,
    productVersion: String? = nil, version: String? = nil, component: Component? = nil,
    platform: String? = nil, isEmbedded: Bool = false, isShared: Bool = false,
    codeSignatures: [CodeSignature] = [],
    reasons: [String] = []
  ) {
    self.rule = rule
    self.confidence = confidence
    self.vendor = vendor
    self.product = product
    self.productVersion = productVersion
    self.version = version
    self.component = component
    self.platform = platform
    self.isEmbedded = isEmbedded
    self.isShared = isShared
    self.codeSignatures = codeSignatures
    self.reasons = reasons
  }
}

/// A rule that matched, as reports need it.
public struct MatchedRule: Hashable, Sendable, Codable {
  /// The rule's name.
  public let rule: String
  /// Its namespace, `default` unless the user chose one.
  public let namespace: String
  /// Its tags.
  public let tags: [String]
  /// Matches of its strings.
  public let strings: [MatchedString]

  /// Creates a rule with its string matches.
  public init(rule: String, namespace: String, tags: [String], strings: [MatchedString]) {
    self.rule = rule
    self.namespace = namespace
    self.tags = tags
    self.strings = strings
  }
}

/// One match of a string of a rule.
public struct MatchedString: Hashable, Sendable, Codable {
  /// The string's identifier, with its `$`.
  public let identifier: String
  /// Offset of the first byte from the start of the item.
  public let offset: UInt64
  /// Its length in bytes.
  public let length: UInt64
  /// First bytes of the match, at most ``maximumData``.
  public let data: [UInt8]

  /// Number of bytes of a match that are kept at most.
  public static let maximumData = 64
  /// Number of matches of one string that a finding keeps at most.
  public static let maximumMatches = 100

  /// Creates a match; its data is truncated to ``maximumData``.
  public init(identifier: String, offset: UInt64, length: UInt64, data: [UInt8]) {
    self.identifier = identifier
    self.offset = offset
    self.length = length
    self.data = Array(data.prefix(Self.maximumData))
  }
}
