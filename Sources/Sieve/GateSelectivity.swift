/// Selectivity of the gates of a rule: whether they exclude most of a disk without reading it.
///
/// Size and first page of every item are known. If they do not exclude the item for a rule, it must be read to its end.
/// A rule therefore reads all of a disk unless it requires certain bytes in the first page, or a size at which the page
/// is most of the item. This type tests the gates with unrelated first pages, of
/// no format, in items of every size beyond ``smallSize``.
package struct GateSelectivity: Hashable, Sendable {
  /// Number of those pages that the gates keep.
  package let kept: Int

  /// Number of pages, one for each first byte.
  package static let pages = 256
  /// Items up to this size count as read with their first page.
  package static let smallSize = 64 << 10
  /// Number of pages that a selective rule may keep: a fixed byte keeps one, a choice of a dozen magics keeps a dozen.
  package static let mostKept = 16

  /// Whether most items are excluded before they are read.
  package var isSelective: Bool { kept <= Self.mostKept }
}

extension Sieve {
  /// Measures how much the gates of each rule keep, in the order of the rules.
  package func gateSelectivities() -> [GateSelectivity] {
    let families = [Self.uniformPages, Self.noisyPages].map { kept(of: $0) }
    return plan.rules.indices.map { rule in
      GateSelectivity(kept: families.map { $0[rule] }.max()!)
    }
  }

  /// Number of these first pages that each rule keeps.
  private func kept(of pages: [[UInt8]]) -> [Int] {
    var kept = Array(repeating: 0, count: plan.rules.count)
    var evaluator = Evaluator(plan.tables)
    for page in pages {
      page.withUnsafeBytes { bytes in
        evaluator.view = ItemView(
          size: IntegerSet(Int64(GateSelectivity.smallSize) + 1 ... .max), head: bytes,
          knowledge: .none)
        evaluator.begin()
        let answers = plan.gates.map { evaluator.truth($0).mayBeYes }
        let passes = plan.groups.map { $0.gates.allSatisfy { answers[Int($0)] } }
        for (index, rule) in plan.rules.enumerated()
        where passes[Int(rule.group)] || reachesEffect(Int32(index), &evaluator) {
          kept[index] += 1
        }
      }
    }
    return kept
  }

  /// Whether the evaluation of a rule reaches an effect, so that libyara scans the item.
  private func reachesEffect(_ rule: Int32, _ evaluator: inout Evaluator) -> Bool {
    guard plan.tables.facts[Int(plan.tables.roots[Int(rule)])].contains(.hasEffect) else {
      return false
    }
    evaluator.begin()
    _ = evaluator.rule(rule)
    return evaluator.hasReachedEffect
  }

  /// Pages of one repeated byte: zeros, erased flash, a letter.
  private static var uniformPages: [[UInt8]] {
    (0..<GateSelectivity.pages).map {
      Array(repeating: UInt8($0), count: SieveSession.headSize)
    }
  }

  /// Pages of noise, each with another first byte; they are the same on every machine.
  private static var noisyPages: [[UInt8]] {
    // The constants of Knuth's MMIX generator; the upper bits are the random ones.
    var state: UInt64 = 1
    return (0..<GateSelectivity.pages).map { first in
      [UInt8(first)]
        + (1..<SieveSession.headSize).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
  }
}
