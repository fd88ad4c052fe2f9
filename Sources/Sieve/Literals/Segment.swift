import Glibc

/// Known consecutive bytes of every match of a string.
struct Segment: Hashable, Sendable {
  /// Allowed values of each byte.
  var sets: [ByteSet]

  /// Number of bytes that are compared on each side of the searched ones.
  private static let greatestContext = 32

  /// The literal to search, with its required context; nil if no run of bytes is certain enough.
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

  /// The expected cost of a byte of content: of a hit of the literal, whose surroundings are compared, and of the
  /// whole segment, which keeps an item. Nil if no run of bytes is certain enough.
  func cost(ignoresCase: Bool) -> Double? {
    guard let run = bestRun(ignoresCase: ignoresCase) else { return nil }
    let literal = halfBits(run, ignoresCase)
    var whole = literal
    for index in sets.indices
    where !run.contains(index) && abs(index - run.lowerBound) <= Self.greatestContext {
      whole +=
        sets[index].single.map { ByteRarity.halfBits(of: [$0], ignoresCase: ignoresCase) }
        ?? sets[index].halfBits
    }
    return Self.share(literal) + Self.costOfCandidate * Self.share(whole)
  }

  /// Cost of a candidate, in hits.
  private static let costOfCandidate = 1000.0

  private static func share(_ halfBits: Int) -> Double { exp2(-Double(min(halfBits, 96)) / 2) }

  /// Minimum of a run: one that occurs more often than every 128 bytes, such as zeros, costs more than it saves.
  private static let leastHalfBits = 14
  /// Minimum of a run of two bytes: these are searched only if they are rare and have a context, or if they
  /// are rarer still.
  private static let leastHalfBitsOfPairs = 26
  private static let leastHalfBitsOfLonePairs = 36

  private func bestRun(ignoresCase: Bool) -> Range<Int>? {
    var best: (run: Range<Int>, halfBits: Int)?
    var start: Int?
    let hasSurroundings = sets.count { $0 != .all } > LiteralTable.leastLengthOfRare
    for index in 0...sets.count {
      let isFixed =
        index < sets.count
        && (ignoresCase ? sets[index].singleInAnyCase : sets[index].single) != nil
      if isFixed {
        start = start ?? index
      } else if let first = start {
        start = nil
        let run = first..<min(index, first + LiteralTable.greatestLength)
        guard run.count >= LiteralTable.leastLengthOfRare else { continue }
        let halfBits = halfBits(run, ignoresCase)
        let least =
          run.count >= LiteralTable.leastLength
          ? Self.leastHalfBits
          : hasSurroundings ? Self.leastHalfBitsOfPairs : Self.leastHalfBitsOfLonePairs
        guard halfBits >= least else { continue }
        if halfBits > best?.halfBits ?? 0 { best = (run, halfBits) }
      }
    }
    return best?.run
  }

  /// Number of bytes of a longer run that decide its rarity.
  private static let enoughBytes = 24

  private func halfBits(_ run: Range<Int>, _ ignoresCase: Bool) -> Int {
    ByteRarity.halfBits(
      of: run.prefix(Self.enoughBytes).map {
        (ignoresCase ? sets[$0].singleInAnyCase : sets[$0].single) ?? 0
      },
      ignoresCase: ignoresCase)
  }
}
