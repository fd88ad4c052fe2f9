import YaraSyntax

/// Segments of a pattern, one of which is in every match, chosen by their rarity.
///
/// A pattern is read as a sequence of parts. Adjacent parts with few matches are joined, so that
/// `https?:\/\/(one|two)\.example` has four segments of its whole length. If the matches are many, the parts read so
/// far form a choice, and the next choice begins.
struct RequiredSegments {
  /// Segments of a pattern; nil if none is certain or long enough.
  static func of(_ string: StringSyntax, ignoresCase: Bool) -> [Segment]? {
    switch string.pattern {
    case .hexadecimal(let tokens):
      return part(of: tokens, ignoresCase, depth: 0)?.bestOfAll(ignoresCase)?.segments
    case .regularExpression(let expression):
      let ignoresCase = ignoresCase || expression.ignoresCase
      var reader = RegularExpressionReader(pattern: expression.pattern)
      guard let part = part(of: &reader, ignoresCase, depth: 0), reader.isAtEnd else { return nil }
      return part.bestOfAll(ignoresCase)?.segments
    case .text, .unknown: return nil
    }
  }

  private static let deepest = 32
  /// Limit of variants, which take space in the database.
  private static let mostVariants = 16
  /// Limit of the length of a sequence; longer ones exclude no more items.
  private static let greatestLength = 128
  /// Limit of the length of a fixed jump, which becomes as many bytes of any value; nothing is compared across longer jumps.
  private static let longestJump = 16
  /// Limit of the copies of a repetition that are written out.
  private static let mostCopies = 32

  /// Segments one of which is necessary.
  private struct Choice {
    var segments: [Segment]
    var cost: Double

    init?(_ sequences: [[ByteSet]], _ ignoresCase: Bool) {
      segments = sequences.map { Segment(sets: $0) }
      cost = 0
      for segment in segments {
        guard let one = segment.cost(ignoresCase: ignoresCase) else { return nil }
        cost += one
      }
    }

    /// Segments one of which is necessary for each choice.
    init(allOf choices: [Choice]) {
      segments = choices.flatMap(\.segments)
      cost = choices.reduce(0) { $0 + $1.cost }
    }
  }

  /// Knowledge about a part of a pattern.
  private struct Part {
    /// All its matches, if they are few.
    var exact: [[ByteSet]]?
    var best: Choice?

    /// The cheaper of the two.
    func bestOfAll(_ ignoresCase: Bool) -> Choice? {
      guard let exact, let whole = Choice(exact, ignoresCase) else { return best }
      return best.map { $0.cost <= whole.cost ? $0 : whole } ?? whole
    }

    static func alternatives(_ parts: [Part], _ ignoresCase: Bool) -> Part {
      if parts.count == 1 { return parts[0] }
      var part = Part(exact: [], best: nil)
      for one in parts {
        guard let exact = one.exact, let all = part.exact, all.count + exact.count <= mostVariants
        else {
          part.exact = nil
          break
        }
        part.exact = all + exact
      }
      let choices = parts.compactMap { $0.bestOfAll(ignoresCase) }
      if choices.count == parts.count { part.best = Choice(allOf: choices) }
      return part
    }
  }

  /// Parts that follow one another.
  private struct Sequence {
    private var best: Choice?
    /// The matches of the parts read since the last gap.
    private var current: [[ByteSet]] = [[]]
    private var isExact = true
    private let ignoresCase: Bool

    init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

    var part: Part {
      var finished = self
      finished.consider()
      return Part(exact: isExact ? current : nil, best: finished.best)
    }

    mutating func append(_ part: Part) {
      guard let exact = part.exact, current.count * exact.count <= mostVariants,
        longest(current) + longest(exact) <= greatestLength
      else {
        gap()
        consider(part.best)
        if let exact = part.exact { current = exact }
        return
      }
      if exact.count > 1 { consider() }
      current = current.flatMap { first in exact.map { first + $0 } }
    }

    /// Repeats a part at least `least` times, at most `most`, nil for no limit.
    mutating func append(_ part: Part, least: Int, most: Int?) {
      if least == 0 {
        if most == 1, let exact = part.exact, exact.count < mostVariants {
          append(Part(exact: [[]] + exact))
        } else {
          gap()
        }
        return
      }
      let copies = min(least, mostCopies)
      for _ in 0..<copies { append(part) }
      guard most != copies else { return }
      // The copies precede the next part, however many follow.
      gap()
      for _ in 0..<copies { append(Part(exact: part.exact)) }
    }

    /// Notes bytes about which nothing is known.
    mutating func gap() {
      consider()
      current = [[]]
      isExact = false
    }

    private mutating func consider() { consider(Choice(current, ignoresCase)) }

    private mutating func consider(_ choice: Choice?) {
      guard let choice, choice.cost < best?.cost ?? .infinity else { return }
      best = choice
    }

    private func longest(_ sequences: [[ByteSet]]) -> Int {
      sequences.reduce(0) { max($0, $1.count) }
    }
  }

  // MARK: Hexadecimal strings

  private static func part(of tokens: [HexadecimalToken], _ ignoresCase: Bool, depth: Int) -> Part?
  {
    guard depth <= deepest else { return nil }
    var sequence = Sequence(ignoresCase: ignoresCase)
    for token in tokens {
      switch token {
      case .byte(let value, let mask):
        sequence.append(Part(exact: [[ByteSet(value: value, mask: mask)]]))
      case .notByte(let value, let mask):
        sequence.append(Part(exact: [[ByteSet(value: value, mask: mask).inverted]]))
      case .jump(let least, let most):
        if least == most, least <= longestJump {
          sequence.append(Part(exact: [Array(repeating: .all, count: least)]))
        } else {
          sequence.gap()
        }
      case .alternatives(let alternatives):
        let parts = alternatives.compactMap { part(of: $0, ignoresCase, depth: depth + 1) }
        guard parts.count == alternatives.count else { return nil }
        sequence.append(.alternatives(parts, ignoresCase))
      }
    }
    return sequence.part
  }

  // MARK: Regular expressions

  /// Alternatives up to the end or a closing parenthesis; nil where they are not understood.
  private static func part(
    of reader: inout RegularExpressionReader, _ ignoresCase: Bool, depth: Int
  ) -> Part? {
    guard depth <= deepest else { return nil }
    var alternatives: [Part] = []
    var sequence = Sequence(ignoresCase: ignoresCase)
    while let next = reader.next, next != UInt8(ascii: ")") {
      if next == UInt8(ascii: "|") {
        reader.skip()
        alternatives.append(sequence.part)
        sequence = Sequence(ignoresCase: ignoresCase)
        continue
      }
      let part: Part?
      if next == UInt8(ascii: "(") {
        reader.skip()
        // There is no other kind of group in libyara.
        guard reader.next != UInt8(ascii: "?"),
          let group = Self.part(of: &reader, ignoresCase, depth: depth + 1),
          reader.next == UInt8(ascii: ")")
        else { return nil }
        reader.skip()
        part = group
      } else {
        switch reader.element() {
        case .byte(let set)?: part = Part(exact: [[ignoresCase ? set.inAnyCase : set]])
        case .nothing?: part = nil
        case .unknown?, nil: return nil
        }
      }
      guard let times = reader.quantifier() else { return nil }
      if let part {
        sequence.append(part, least: times.least, most: times.most)
      } else {
        sequence.gap()
      }
    }
    return .alternatives(alternatives + [sequence.part], ignoresCase)
  }
}
