import Bytes
import Engine
import TestSupport
import Testing
import Yara

@testable import Signatures

/// A case that the command cannot reach: the sieve and libyara disagree.
@Suite struct SampleTestTests {
  @Test func aDifferenceBetweenSieveAndLibyaraIsAFailure() throws {
    func ruleSet(_ needle: String) throws -> RuleSet {
      let text = "rule r { strings: $a = \"\(needle)\" condition: $a }"
      return try RuleSet([.init(name: "rules", bytes: Array(text.utf8))])
    }
    // The sieve of other rules searches for different literals.
    let wrong = RuleSet(
      rules: try ruleSet("needle").rules, sieve: try ruleSet("thread").sieve)
    let folder = try TemporaryDirectory()
    let sample = try folder.write("a needle", to: "r/sample")
    let right = try SampleTest(try ruleSet("needle")).run(positives: folder.raw, nearMisses: nil)
    #expect(right.failures == [])
    #expect(right.positives == 1)
    #expect(right.nearMisses == nil)
    let outcome = try SampleTest(wrong).run(positives: folder.raw, nearMisses: nil)
    #expect(
      outcome.failures == [
        "\(sample): a defect of Trawl, please report it: with the sieve it matches none,"
          + " by libyara alone r"
      ])
  }
}
