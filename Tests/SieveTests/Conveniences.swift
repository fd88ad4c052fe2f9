import Foundation
import Sieve
import Yara

/// Rules with a sieve and a scanner of their own.
struct Sifted: ~Copyable {
  let rules: Rules
  let sieve: Sieve
  var session: SieveSession
  var scanner: Yara.Scanner

  init(
    _ text: String, namespaces: [String: String] = [:], externals: [String: ExternalValue] = [:]
  ) throws {
    var compiler = try Compiler(includes: .disabled)
    for (name, value) in externals { try compiler.define(name, as: value) }
    try compiler.add(text: text)
    for (name, text) in namespaces.sorted(by: { $0.key < $1.key }) {
      try compiler.add(text: text, namespace: name)
    }
    let texts = compiler.texts
    let rules = try compiler.rules()
    // All that can fail comes first: what cannot be copied must not be half there.
    let scanner = try Yara.Scanner(rules)
    self.rules = rules
    self.scanner = scanner
    sieve = Sieve(rules, texts: texts, externals: externals)!
    session = sieve.session()
  }

  /// The verdict, as the engine requests it; in pieces of a number of new bytes, if that is given.
  mutating func verdict(_ item: [UInt8], pieces: Int? = nil) -> SieveSession.Verdict {
    let span = item.span.bytes
    let head = span.extracting(first: min(SieveSession.headSize, item.count))
    if let verdict = session.begin(size: UInt64(item.count), head: head) { return verdict }
    var start = 0
    while true {
      let end = min(item.count, pieces.map { start + session.overlap + $0 } ?? item.count)
      session.search(
        span.extracting(start..<end), isFirst: start == 0, isLast: end == span.byteCount)
      if end < item.count {
        start = end - session.overlap
        continue
      }
      let verdict = session.verdict()
      if verdict != .searchAgain { return verdict }
      start = 0
    }
  }

  mutating func verdict(_ text: String) -> SieveSession.Verdict { verdict(Array(text.utf8)) }

  /// Whether no report of libyara about an item (matches, failures, output) is lost.
  mutating func isSound(_ item: [UInt8]) -> Bool {
    let verdict = verdict(item)
    let span = item.span.bytes
    let result = try? scanner.scan(span)
    if let result, result.matches.isEmpty, result.consoleLines.isEmpty { return true }
    // Nor may the first bytes alone exclude it, whatever the size: members of archives have no other.
    for count in [SieveSession.headSize, 64] {
      if session.excludesAll(beginningWith: span.extracting(first: min(count, item.count))) {
        return false
      }
    }
    switch verdict {
    case .scan, .searchAgain: return true
    case .excludedByGate, .excludedBySieve: return false
    case .evaluate:
      guard let result = try? scanner.evaluateWithoutStrings(span) else { return true }
      return !result.matches.isEmpty || !result.consoleLines.isEmpty
    }
  }
}

extension SieveSession.Verdict {
  /// Whether no scan is needed, whatever the stage.
  var isExcluded: Bool { self == .excludedByGate || self == .excludedBySieve }
}
