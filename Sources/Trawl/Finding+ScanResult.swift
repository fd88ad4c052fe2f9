import Bytes
import Evidence
import Findings
import Identity
import Traces
import Yara

extension Finding {
  /// What a scan with matches comes to, while the bytes are at hand.
  init(
    _ result: ScanResult, _ bytes: RawSpan, _ content: any OpenContent, _ locator: Locator,
    _ identifier: Identifier
  ) {
    let facts = content.facts
    var attribution = identifier.attribution(
      of: result.matches, moduleFields: result.moduleFields,
      signatures: CodeSignatureReader(bytes))
    attribution.version = attribution.version ?? StatedVersion.of(bytes)
    self.init(
      locator: locator, itemID: Self.itemID(facts, locator),
      matches: result.matches.map(MatchedRule.init), attribution: attribution,
      size: UInt64(bytes.byteCount), digest: Digest(of: bytes),
      inode: content.inode, times: content.times)
  }

  /// What records of installed software come to, while the bytes are at hand; nil if there are none.
  init?(
    _ traces: [Trace], at place: KnownPlace, _ bytes: RawSpan, _ content: any OpenContent,
    _ locator: Locator
  ) {
    guard let attribution = Attribution(of: traces, at: place) else { return nil }
    self.init(
      locator: locator, itemID: Self.itemID(content.facts, locator),
      matches: TraceSignature.matches(of: traces, at: place), attribution: attribution,
      size: UInt64(bytes.byteCount), digest: Digest(of: bytes),
      inode: content.inode, times: content.times)
    self.traces = traces
  }

  /// Takes in what the records of the same item say: the surer of the two decides.
  mutating func add(_ other: Finding) {
    matches += other.matches
    traces += other.traces
    let reasons = attribution.reasons + other.attribution.reasons
    if (attribution.confidence ?? .weak) < (other.attribution.confidence ?? .weak) {
      attribution = other.attribution
    }
    attribution.reasons = reasons
  }

  /// Device and inode on a live file system, whatever the paths; a hash of what tells it apart elsewhere.
  private static func itemID(_ facts: ContentFacts, _ locator: Locator) -> String {
    if let identity = facts.identity, identity.image == nil {
      return String(identity.device, radix: 16) + "-" + String(identity.inode, radix: 16)
    }
    let parts: [[UInt8]]
    if let identity = facts.identity, let image = identity.image {
      let numbers = "\(identity.device) \(identity.inode) \(identity.stream)"
      parts = [image.bytes, Array(numbers.utf8)]
    } else {
      parts = [locator.evidence.bytes, locator.path.bytes, locator.stream?.bytes ?? []]
    }
    return Hexadecimal.text(of: Digest.sha256(of: parts.joined(separator: [0])).prefix(8))
  }
}

extension MatchedRule {
  /// A match as reports need it: no more places of one string than they show.
  fileprivate init(_ match: RuleMatch) {
    var counts: [String: Int] = [:]
    let strings = match.strings.compactMap { string -> MatchedString? in
      counts[string.identifier, default: 0] += 1
      guard counts[string.identifier, default: 0] <= MatchedString.maximumMatches else {
        return nil
      }
      return MatchedString(
        identifier: string.identifier, offset: string.offset, length: UInt64(string.length),
        data: string.data)
    }
    self.init(
      rule: match.rule.identifier, namespace: match.rule.namespace, tags: match.rule.tags,
      strings: strings)
  }
}
