import Sieve
import TestSupport
import Yara

/// Generates sets of rules one after the other, and compares the sieve with libyara.
package struct Proof {
  package private(set) var tally = Tally()

  package init() {}

  /// Runs the set of one seed. Some rules are also checked alone: shared parts of a set, such as
  /// literals, may hide errors.
  package mutating func run(seed: UInt64) throws {
    let set = RandomRuleSet(seed: seed)
    guard let compiled = try CompiledSet(set) else { return }
    tally.refused += compiled.refused
    try compare(compiled, seed: seed)
    for (number, rule) in compiled.set.rules.enumerated()
    where (set.hasEffects || number % 16 == Int(seed % 16))
      && !rule.productions.contains(where: Self.refersToRules)
    {
      try compareAlone(rule, set, seed: seed)
    }
  }

  private static func refersToRules(_ production: String) -> Bool {
    ["rule", "of rules", "of rules with *", "percentage of rules"].contains(production)
  }

  private mutating func compare(_ compiled: CompiledSet, seed: UInt64) throws {
    let numbers = Comparison.numbers(compiled.described)
    let reported = compiled.described.indices.filter { !compiled.described[$0].isPrivate }
    var comparison = try Comparison(compiled, seed: seed)
    var compared = 0
    defer { tally.count(compiled.set.rules, comparedWith: compared) }
    for (place, item) in compiled.set.items.enumerated() {
      // A subset takes as long to compile as several items to compare.
      let checksSubset = place % 4 == Int(seed % 4)
      guard let outcome = try comparison.outcome(item, numbers, checksSubset: checksSubset) else {
        tally.abandonedScans += 1
        continue
      }
      compared += 1
      if outcome.hasPrinted { tally.printingScans += 1 }
      tally.subsetScans += outcome.subsets.count
      if let fault = Comparison.fault(in: outcome, compiled.described) {
        tally.differences.append(
          Shrinking.shrunk(compiled, seed: seed, item: item, place: place, fault: fault))
      }
      guard !outcome.hasFailed else {
        tally.failedScans += 1
        continue
      }
      tally.pairs += reported.count
      tally.matching += outcome.matching.count
      for rule in reported where !outcome.matching.contains(rule) {
        switch outcome.undecided[rule] {
        case nil, .excludedByGate, .excludedBySieve: tally.excluded += 1
        case .evaluate: if !outcome.evaluated.contains(rule) { tally.evaluated += 1 }
        case .scan, .searchAgain: break
        }
      }
    }
  }

  private mutating func compareAlone(_ rule: RandomRule, _ set: RandomRuleSet, seed: UInt64) throws
  {
    guard let compiled = try CompiledSet(set.with([rule])) else { return }
    let numbers = Comparison.numbers(compiled.described)
    var comparison = try Comparison(compiled, seed: seed)
    for (place, item) in set.items.enumerated() {
      guard let outcome = try comparison.outcome(item, numbers) else { continue }
      if let fault = Comparison.fault(in: outcome, compiled.described) {
        tally.differences.append(
          Shrinking.shrunk(compiled, seed: seed, item: item, place: place, fault: fault))
      }
      guard !outcome.hasFailed, !compiled.described[0].isPrivate else { continue }
      tally.singlePairs += 1
      guard outcome.matching.isEmpty else {
        tally.singleMatching += 1
        continue
      }
      switch outcome.verdict {
      case .excludedByGate, .excludedBySieve: tally.singleExcluded += 1
      case .evaluate: if outcome.evaluationIsClean { tally.singleEvaluated += 1 }
      case .scan, .searchAgain: break
      }
    }
  }
}
