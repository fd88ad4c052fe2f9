import SieveProof
import Testing

/// Random rules and items of fixed seeds; `scripts/fuzz-sieve` goes on where this ends.
@Suite struct ProofTests {
  private static let seeds: ClosedRange<UInt64> = 1...12

  @Test func theSieveLosesNothingAndExcludesMuch() throws {
    var proof = Proof()
    for seed in Self.seeds { try proof.run(seed: seed) }
    let tally = proof.tally
    for difference in tally.differences { Issue.record("\(difference)") }
    #expect(tally.rules > 250 && tally.refused * 10 < tally.rules, "\(tally.report)")
    #expect(tally.shareMatching >= 0.2, "\(tally.report)")
    #expect(tally.power >= 0.5 && tally.singlePower >= 0.5, "\(tally.report)")
  }

  @Test func aSeedMakesTheSameAgain() {
    let (first, second) = (RandomRuleSet(seed: 7), RandomRuleSet(seed: 7))
    #expect(first.rules.map(\.source) == second.rules.map(\.source))
    #expect(first.items == second.items)
  }
}
