import Bytes
import TestSupport
import Testing
import Trawl
import Yara

@testable import Signatures

/// What cannot happen through the command: the sieve and libyara do not agree.
@Suite struct SampleTestTests {
  @Test func aDifferenceBetweenSieveAndLibyaraIsAFailure() throws {
    func ruleSet(_ needle: String) throws -> RuleSet {
      let text = "rule r { strings: $a = \"\(needle)\" condition: $a }"
      return try RuleSet([.init(name: "rules", bytes: Array(text.utf8))])
    }
    // The sieve of other rules looks for something else.
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
        "\(sample): a defect of this program, please report it: with the sieve it matches none,"
          + " by libyara alone r"
      ])
  }
}
