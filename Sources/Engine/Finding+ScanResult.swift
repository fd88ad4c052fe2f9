import Bytes
import Evidence
import Findings
import Profiles
import Traces
import Yara

extension Finding {
  /// The finding of an item in which rules match.
  init(
    _ matches: [RuleMatch], _ identification: Identification, _ content: any OpenContent,
    _ locator: Locator
  ) {
    self.init(matches.map(MatchedRule.init), identification, content, locator)
    contents = identification.contents
  }

  /// The finding of an item that records installed software.
  init(
    _ traces: [Trace], at place: KnownPlace, _ profile: VendorProfile,
    _ identification: Identification, _ content: any OpenContent, _ locator: Locator
  ) {
    self.init(
      TraceSignature.matches(of: traces, at: place, profile), identification, content, locator)
    self.traces = traces
  }

  private init(
    _ matches: [MatchedRule], _ identification: Identification, _ content: any OpenContent,
    _ locator: Locator
  ) {
    self.init(
      locator: locator, itemID: Self.itemID(content.facts, locator), matches: matches,
      attribution: identification.attribution, size: identification.size,
      digest: identification.digest, inode: content.inode, times: content.times)
  }

  /// Adds the records of the same item: the more certain of the two findings decides.
  mutating func add(_ other: Finding) {
    matches += other.matches
    traces += other.traces
    contents += other.contents
    let reasons = attribution.reasons + other.attribution.reasons
    if (attribution.confidence ?? .weak) < (other.attribution.confidence ?? .weak) {
      attribution = other.attribution
    }
    attribution.reasons = reasons
  }

  /// Device and inode on a live file system, for all paths; a hash of the identifying facts
  /// elsewhere.
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
  /// Converts a match for reports, limited to the number of string matches that they show.
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
