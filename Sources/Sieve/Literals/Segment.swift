import YaraSyntax

/// Some consecutive bytes of every match of a string, as far as they are known.
struct Segment: Hashable, Sendable {
  /// What each byte may be.
  var sets: [ByteSet]

  /// Around the bytes that are looked for, so many are compared on each side.
  private static let greatestContext = 32

  /// The literal to look for, and what must lie around it; nil if no run of bytes is certain enough.
  func literal(ignoresCase: Bool) -> LiteralTable.Literal? {
    guard let run = bestRun(ignoresCase: ignoresCase) else { return nil }
    let bytes = sets[run].map { (ignoresCase ? $0.singleInAnyCase : $0.single) ?? 0 }
    let before = Array(sets[..<run.lowerBound].suffix(Self.greatestContext).drop { $0 == .all })
    let after = Array(sets[run.upperBound...].prefix(Self.greatestContext))
    let context = LiteralTable.Context(before: before, after: after)
    return LiteralTable.Literal(
      bytes: bytes, ignoresCase: ignoresCase, context: context.isEmpty ? nil : context)
  }

  /// Widened: each byte with a zero behind it.
  var widened: Segment {
    Segment(sets: sets.flatMap { [$0, ByteSet(0)] })
  }

  /// How much it tells, for the choice among segments.
  func weight(ignoresCase: Bool) -> Int {
    guard let run = bestRun(ignoresCase: ignoresCase) else { return 0 }
    let rest = sets.indices.filter { !run.contains($0) && sets[$0].single != nil }.count
    return runWeight(run) + min(rest, 8)
  }

  private func bestRun(ignoresCase: Bool) -> Range<Int>? {
    var best: Range<Int>?
    var start: Int?
    for index in 0...sets.count {
      let isFixed =
        index < sets.count
        && (ignoresCase ? sets[index].singleInAnyCase : sets[index].single) != nil
      if isFixed {
        start = start ?? index
      } else if let first = start {
        start = nil
        let run = first..<min(index, first + LiteralTable.greatestLength)
        guard run.count >= LiteralTable.leastLength else { continue }
        if best.map({ runWeight($0) < runWeight(run) }) ?? true { best = run }
      }
    }
    return best
  }

  /// Bytes that most programs are full of say little.
  private static let common = ByteSet([
    0x00, 0xFF, 0x48, 0x8B, 0x89, 0x24, 0x0F, 0xE8, 0x41, 0x44, 0x4C, 0x45, 0x83, 0x85, 0xC0, 0x8D,
    0xC7, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xCC, 0x5C,
  ])

  private func runWeight(_ run: Range<Int>) -> Int {
    run.prefix(16).reduce(0) { sum, index in
      sum + (sets[index].single.map { Self.common.contains($0) } ?? false ? 1 : 3)
    }
  }
}

extension Segment {
  /// The most telling segment of a string that every match holds; nil if there is none.
  static func best(of string: StringSyntax, ignoresCase: Bool) -> Segment? {
    var segments: [Segment]
    switch string.pattern {
    case .hexadecimal(let tokens): segments = of(tokens)
    case .regularExpression(let expression):
      segments = RegularExpressionSegments.of(expression.pattern)
      if ignoresCase || expression.ignoresCase {
        segments = segments.map { Segment(sets: $0.sets.map(\.inAnyCase)) }
      }
    case .text, .unknown: return nil
    }
    let weighed = segments.map { (segment: $0, weight: $0.weight(ignoresCase: ignoresCase)) }
    return weighed.max { $0.weight < $1.weight }.flatMap { $0.weight > 0 ? $0.segment : nil }
  }

  /// A jump of one length is so many bytes of any value; of longer ones nothing is compared.
  private static let longestJump = 16

  private static func of(_ tokens: [HexadecimalToken]) -> [Segment] {
    var segments: [Segment] = []
    var current: [ByteSet] = []
    func close() {
      if !current.isEmpty { segments.append(Segment(sets: current)) }
      current = []
    }
    for token in tokens {
      switch token {
      case .byte(let value, let mask): current.append(ByteSet(value: value, mask: mask))
      case .notByte(let value, let mask): current.append(ByteSet(value: value, mask: mask).inverted)
      case .jump(let least, let most):
        guard least == most, least <= longestJump else {
          close()
          continue
        }
        current += Array(repeating: .all, count: least)
      case .alternatives: close()
      }
    }
    close()
    return segments
  }
}
