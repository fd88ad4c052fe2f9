import Findings
package import Yara

/// Rules that claim code identity and hold only by bytes that are no code of the file.
package struct BorrowedIdentity: Sendable {
  /// Their identifiers.
  package private(set) var rules: Set<String> = []
  /// Whether the rules were evaluated without the other bytes; if not, some may hold by the code alone.
  package private(set) var isExact = true

  /// Larger files are not copied: the places of the strings decide alone.
  private static let maximumCopy = 256 << 20
  /// Limit of rounds: new matches may appear where others were blanked; those left afterwards count as borrowed.
  private static let maximumRounds = 3

  /// Creates a value without rules.
  package init() {}

  /// Finds the rules above `claimed`, among `matches`, that do not hold by the file's own code.
  ///
  /// Blanks everything outside sections in a copy, and each match in headers and resources. `scan` returns
  /// the rules that still match, which is exact for all conditions. Files that are no executables have no borrowed rules.
  package init(
    among matches: [RuleMatch], in bytes: RawSpan, scan: (RawSpan) -> [RuleMatch]?
  ) {
    self.init(among: matches, in: bytes, maximumCopy: Self.maximumCopy, scan: scan)
  }

  init(
    among matches: [RuleMatch], in bytes: RawSpan, maximumCopy: Int,
    scan: (RawSpan) -> [RuleMatch]?
  ) {
    let sure = matches.filter { Self.isSure($0.rule) }
    guard !sure.isEmpty, let code = CodeRanges(bytes) else { return }
    let outside = code.outside(bytes.byteCount)
    // A condition without strings may rest on anything that a module reads.
    let needsCopy = sure.contains { match in
      match.strings.isEmpty ? !outside.isEmpty : !match.strings.allSatisfy(code.count)
    }
    guard needsCopy else { return }
    guard bytes.byteCount <= maximumCopy else {
      rules = Self.ofStringsAlone(sure, code)
      isExact = false
      return
    }
    evaluate(sure, code, outside, in: bytes, scan: scan)
  }

  private mutating func evaluate(
    _ sure: [RuleMatch], _ code: CodeRanges, _ outside: [Range<Int>], in bytes: RawSpan,
    scan: (RawSpan) -> [RuleMatch]?
  ) {
    let all = Set(sure.map(\.rule.identifier))
    var copy = bytes.withUnsafeBytes { Array($0) }
    for range in outside { copy.blank(range) }
    var last = sure
    for _ in 0..<Self.maximumRounds {
      let borrowed = last.flatMap(\.strings).filter { !code.count($0) }
      for match in borrowed { copy.blank(match.range) }
      guard let found = scan(copy.span.bytes) else {
        rules = Self.ofStringsAlone(sure, code)
        isExact = false
        return
      }
      last = found.filter { all.contains($0.rule.identifier) }
      if last.flatMap(\.strings).allSatisfy(code.count) {
        rules = all.subtracting(last.map(\.rule.identifier))
        return
      }
    }
    rules = all
    isExact = false
  }

  private static func isSure(_ rule: Rule) -> Bool {
    rule.text("confidence").flatMap(Confidence.init).map { $0 > .claimed } ?? false
  }

  /// The rules with a string, or without any, that no match in code supports.
  private static func ofStringsAlone(_ matches: [RuleMatch], _ code: CodeRanges) -> Set<String> {
    let borrowed = matches.filter { match in
      let inside = Set(match.strings.filter(code.count).map(\.identifier))
      return match.strings.isEmpty || !match.strings.allSatisfy { inside.contains($0.identifier) }
    }
    return Set(borrowed.map(\.rule.identifier))
  }
}

extension CodeRanges {
  /// Whether a match lies in counted bytes.
  fileprivate func count(_ match: StringMatch) -> Bool { count(match.range) }

  /// The part of a file of this size that is neither counted nor structure.
  fileprivate func outside(_ size: Int) -> [Range<Int>] {
    var rest = [Range<Int>]()
    var position = 0
    for range in (counted + structure).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > position { rest.append(position..<range.lowerBound) }
      position = max(position, range.upperBound)
    }
    if position < size { rest.append(position..<size) }
    return rest
  }
}

extension StringMatch {
  /// The bytes it takes; empty if they are no place in memory.
  fileprivate var range: Range<Int> {
    let start = Int(clamping: offset)
    return start..<max(start, start &+ length)
  }
}

extension [UInt8] {
  /// Replaces these bytes by zeros.
  fileprivate mutating func blank(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<count)
    if !range.isEmpty { replaceSubrange(range, with: repeatElement(0, count: range.count)) }
  }
}
