public import Bytes
import Evidence
import Files
public import Trawl
public import Yara

/// Runs rules over samples that say by their place what must come of them:
///
///     POSITIVES/RULE/FILE     must match RULE
///     NEAR-MISSES/RULE/FILE   must not match RULE
///     NEAR-MISSES/any/FILE    must match no rule
///
/// Every sample goes the way of a scan, once with the sieve and once to libyara alone.
public struct SampleTest: Sendable {
  private let ruleSet: RuleSet
  private let identifiers: [String]

  /// A test of these rules. Private ones are never reported, and so not tested.
  public init(_ ruleSet: RuleSet) {
    self.ruleSet = ruleSet
    identifiers = ruleSet.rules.rules.filter { !$0.isPrivate }.map(\.identifier)
  }

  /// What came of a test.
  public struct Outcome: Hashable, Sendable {
    /// How many rules were tested.
    public let rules: Int
    /// How many samples had to match; nil if there was no folder of them.
    public internal(set) var positives: Int?
    /// How many samples had to match no rule, or not theirs; nil if there was no folder of them.
    public internal(set) var nearMisses: Int?
    /// What is wrong, in words, in the order of the rules and paths.
    public internal(set) var failures: [String] = []
  }

  /// Scans all samples. A rule without a sample in a folder that is given is a failure, too: nothing was tested of it.
  public func run(positives: RawPath?, nearMisses: RawPath?) throws(YaraError) -> Outcome {
    var outcome = Outcome(rules: identifiers.count)
    if let positives {
      outcome.positives = try test(positives, into: &outcome, kind: "positive") { rule, matched in
        matched.contains(rule) ? nil : "must match \(rule), and matches \(Self.list(matched))"
      }
    }
    if let nearMisses {
      outcome.nearMisses = try test(nearMisses, into: &outcome, kind: "near-miss", Self.anyRule) {
        rule, matched in
        if rule == Self.anyRule {
          matched.isEmpty ? nil : "must match no rule, and matches \(Self.list(matched))"
        } else {
          matched.contains(rule) ? "must not match \(rule)" : nil
        }
      }
    }
    return outcome
  }

  /// The folder of near-misses of all rules.
  private static let anyRule = "any"

  /// Scans the samples of one folder and answers how many there are; `judge` says what is wrong with one, given the rule
  /// in whose folder it lies, and those that matched.
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
        fail("lies in no folder of a rule")
        continue
      }
      guard known.contains(rule) else {
        fail("there is no rule \(rule)")
        continue
      }
      tested.insert(rule)
      switch (sample, sifted[path]) {
      case (.matched(let all), .matched(let those)?):
        if let problem = judge(rule, all) { fail(problem) }
        if all != those {
          fail(
            "a defect of this program, please report it: with the sieve it matches"
              + " \(Self.list(those)), by libyara alone \(Self.list(all))")
        }
      case (.failed(let problem), _), (_, .failed(let problem)?): fail(problem)
      case (_, nil): fail("went away while it was tested")
      }
    }
    for rule in identifiers where !tested.contains(rule) {
      outcome.failures.append("\(rule): has no \(kind)")
    }
    return whole.count
  }

  /// The folder right below the one of all samples.
  private static func rule(of path: RawPath, in folder: RawPath) -> String? {
    let names = path.bytes.dropFirst(FileSource.absolute(folder).bytes.count)
      .split(separator: UInt8(ascii: "/"))
    return names.count > 1 ? RawPath(Array(names[0])).utf8 : nil
  }

  private static func list(_ rules: [String]) -> String {
    rules.isEmpty ? "none" : rules.joined(separator: ", ")
  }
}
