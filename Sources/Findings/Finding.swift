public import Bytes
public import Evidence

/// A confirmed match: what libyara reported of one item, what it is, where it is and how sure we are.
public struct Finding: Hashable, Sendable {
  /// Where; a hard-linked file has one finding a path.
  public var locator: Locator
  /// The same for every path of one content, different for different contents of one scan.
  public var itemID: String
  /// The rules that matched, in the order of the rule files.
  public var matches: [MatchedRule]
  /// What is known of the software.
  public var attribution: Attribution
  /// What the item records of installed software; empty for what is software itself.
  public var traces: [Trace] = []
  /// Size in bytes.
  public var size: UInt64
  /// Hashes of the whole content.
  public var digest: Digest
  /// The inode, as the file system numbers it; nil where there is none.
  public var inode: String?
  /// Times of the file.
  public var times: FileTimes

  /// A finding of these parts.
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

/// What a finding says of the software: from the rules' metadata and from the binary itself.
public struct Attribution: Hashable, Sendable {
  /// The most convincing of the rules that matched.
  public var rule: String
  /// nil when no rule of the match says it: rules of users need not.
  public var confidence: Confidence?
  /// Who made it.
  public var vendor: String?
  /// The product, as the rules name it, else as the binary does.
  public var product: String?
  /// The version of the product, from the binary.
  public var productVersion: String?
  /// The version of the file, from the binary.
  public var version: String?
  /// The part of the product.
  public var component: Component?
  /// The operating system it is made for: `windows`, `linux`, `macos`, `any`.
  public var platform: String?
  /// Whether it is another vendor's product that carries this vendor's engine.
  public var isEmbedded: Bool
  /// Whether any product of the vendor may bring it: then ``product`` names its family.
  public var isShared: Bool
  /// The code signatures of the binary, each before those nested in it.
  public var codeSignatures: [CodeSignature]
  /// Why, in words, the most convincing first.
  public var reasons: [String]

  /// An attribution to `rule`; what is not given is not known.
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
public struct MatchedRule: Hashable, Sendable {
  /// The rule's name.
  public let rule: String
  /// Its namespace, `default` unless the user chose one.
  public let namespace: String
  /// Its tags.
  public let tags: [String]
  /// Where its strings are.
  public let strings: [MatchedString]

  /// A rule with its strings.
  public init(rule: String, namespace: String, tags: [String], strings: [MatchedString]) {
    self.rule = rule
    self.namespace = namespace
    self.tags = tags
    self.strings = strings
  }
}

/// One place where a string of a rule is.
public struct MatchedString: Hashable, Sendable {
  /// The string's identifier, with its `$`.
  public let identifier: String
  /// The first byte, from the start of the item.
  public let offset: UInt64
  /// Its length in bytes.
  public let length: UInt64
  /// The first bytes of it, at most ``maximumData``.
  public let data: [UInt8]

  /// At most so many bytes of a match are kept.
  public static let maximumData = 64
  /// At most so many matches of one string are kept in a finding.
  public static let maximumMatches = 100

  /// A place with its data, cut at ``maximumData``.
  public init(identifier: String, offset: UInt64, length: UInt64, data: [UInt8]) {
    self.identifier = identifier
    self.offset = offset
    self.length = length
    self.data = Array(data.prefix(Self.maximumData))
  }
}
