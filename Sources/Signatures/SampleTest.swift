package import Bytes
package import Engine
import Evidence
import Files
package import Yara

/// Runs rules over samples whose paths state the expected result:
///
///     POSITIVES/RULE/FILE     must match RULE
///     NEAR-MISSES/RULE/FILE   must not match RULE
///     NEAR-MISSES/any/FILE    must match no rule
///
/// Every sample is scanned twice: with the sieve, and by libyara alone.
package struct SampleTest: Sendable {
  private let ruleSet: RuleSet
  private let identifiers: [String]

  /// Creates a test of these rules. Private ones are never reported and so not tested.
  package init(_ ruleSet: RuleSet) {
    self.ruleSet = ruleSet
    identifiers = ruleSet.rules.rules.filter { !$0.isPrivate }.map(\.identifier)
  }

  /// Result of a test.
  package struct Outcome: Hashable, Sendable {
    /// Number of rules tested.
    package let rules: Int
    /// Number of samples that had to match; nil if no folder of them was given.
    package internal(set) var positives: Int?
    /// Number of near-misses; nil if no folder of them was given.
    package internal(set) var nearMisses: Int?
    /// Descriptions of failures, in the order of rules and paths.
    package internal(set) var failures: [String] = []
  }

  /// Scans all samples. A rule without a sample in a given folder is a failure, too, because it
  /// was not tested.
  package func run(positives: RawPath?, nearMisses: RawPath?) throws(YaraError) -> Outcome {
    var outcome = Outcome(rules: identifiers.count)
    if let positives {
      outcome.positives = try test(positives, into: &outcome, kind: "positive") { rule, matched in
        matched.contains(rule) ? nil : "must match \(rule), but matches \(Self.list(matched))"
      }
    }
    if let nearMisses {
      outcome.nearMisses = try test(nearMisses, into: &outcome, kind: "near-miss", Self.anyRule) {
        rule, matched in
        if rule == Self.anyRule {
          matched.isEmpty ? nil : "must match no rule, but matches \(Self.list(matched))"
        } else {
          matched.contains(rule) ? "must not match \(rule)" : nil
        }
      }
    }
    return outcome
  }

  /// Name of the folder of near-misses for all rules.
  private static let anyRule = "any"

  /// Scans the samples of one folder and returns their number. `judge` describes the failure of a
  /// sample, given the rule in whose folder it lies and the rules that matched.
  private func test(
    _ folder: RawPath, into outcome: inout Outcome, kind: String, _ otherFolder: String? = nil,
    judge: (String, [String]) -> String?
  ) throws(YaraError) -> Int {
    let sifted = try SampleScan.run(folder, ruleSet, usesSieve: true)
    let whole = try SampleScan.run(folder, ruleSet, usesSieve: false)
    let known = Set(identifiers + (otherFolder.map { [$0] } ?? []))
    var tested: Set<String> = []
    for (path, sample) in whole.sorted(by: { $0.key < $1.key }) {
      func fail(_ message: String) { outcome.failures.append("\(path.shown): \(message)") }
      guard let rule = Self.rule(of: path, in: folder) else {
        fail("not in a folder named after a rule")
        continue
      }
      guard known.contains(rule) else {
        fail("unknown rule \(rule)")
        continue
      }
      tested.insert(rule)
      switch (sample, sifted[path]) {
      case (.matched(let all), .matched(let those)?):
        if let problem = judge(rule, all) { fail(problem) }
        if all != those {
          fail(
            "a defect of Trawl, please report it: with the sieve it matches"
              + " \(Self.list(those)), by libyara alone \(Self.list(all))")
        }
      case (.failed(let problem), _), (_, .failed(let problem)?): fail(problem)
      case (_, nil): fail("vanished during the test")
      }
    }
    for rule in identifiers where !tested.contains(rule) {
      outcome.failures.append("\(rule): no \(kind) sample")
    }
    return whole.count
  }

  /// Name of the folder directly below that of all samples.
  private static func rule(of path: RawPath, in folder: RawPath) -> String? {
    let names = path.bytes.dropFirst(FileSource.absolute(folder).bytes.count)
      .split(separator: UInt8(ascii: "/"))
    return names.count > 1 ? RawPath(Array(names[0])).utf8 : nil
  }

  private static func list(_ rules: [String]) -> String {
    rules.isEmpty ? "none" : rules.joined(separator: ", ")
  }
}
