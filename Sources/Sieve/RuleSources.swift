import Locks
import Yara
import YaraSyntax

/// The texts of the rules of a set, parsed on demand, since few are needed.
final class RuleSources: Sendable {
  let places: [Place?]
  private let texts: [RuleText]
  private let known = Locked<[Int: RuleSource]>([:])

  /// Place of a rule in its text.
  struct Place: Hashable, Sendable {
    /// Number of its text.
    let text: Int32
    /// Number of the included text; -1 for the text itself.
    let included: Int32
    /// Bytes of the rule.
    let range: Range<Int>

    /// The bytes of the text that the rule stands in.
    func bytes(_ texts: [RuleText]) -> [UInt8] {
      let text = texts[Int(text)]
      return included < 0 ? text.bytes : text.included[Int(included)].bytes
    }

    /// The name of that text in messages.
    func name(_ texts: [RuleText]) -> String? {
      let text = texts[Int(text)]
      return included < 0 ? text.name : text.included[Int(included)].name
    }
  }

  /// `places` has the place of each rule, nil where its text was not understood.
  init(_ places: [Place?], texts: [RuleText]) {
    self.places = places
    self.texts = texts
  }

  /// The text of a rule, if it was understood.
  subscript(_ rule: Int) -> RuleSource? {
    guard let place = places[rule] else { return nil }
    return known.withLock { known in
      if let source = known[rule] { return source }
      let text = Array(place.bytes(texts)[place.range])
      // The text of a rule is parsed alone.
      guard case .rule(let syntax)? = SourceFile(parsing: text).items.first else { return nil }
      let source = RuleSource(rule: syntax, text: text)
      known[rule] = source
      return source
    }
  }

  /// The text that a rule stands in, its name, and where in it the rule begins.
  func context(of rule: Int) -> (text: [UInt8], name: String?, offset: Int)? {
    places[rule].map { ($0.bytes(texts), $0.name(texts), $0.range.lowerBound) }
  }
}

/// The syntax of a rule, and the bytes of its text.
struct RuleSource: Sendable {
  let rule: RuleSyntax
  let text: [UInt8]

  /// The parts of the condition that must all be true, as they are written.
  var parts: [String] { Self.parts(of: rule.condition).map(words) }

  private static func parts(of condition: Expression) -> [Expression] {
    guard case .binary(.and, let left, let right) = condition.kind else { return [condition] }
    return parts(of: left) + parts(of: right)
  }

  private func words(_ expression: Expression) -> String {
    let text = String(decoding: text[expression.range], as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
