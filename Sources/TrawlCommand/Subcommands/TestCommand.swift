import ArgumentParser
import Bytes
import Files
import Reports
import Signatures
import Trawl

extension SignaturesCommand {
  /// `trawl signatures test`
  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs rules over samples that must match, and over near-misses that must not.",
      discussion: """
        A sample lies in a folder with the name of a rule: POSITIVES/RULE/FILE must match RULE, \
        NEAR-MISSES/RULE/FILE must not, and NEAR-MISSES/any/FILE must match no rule. A rule without a \
        sample is a failure, too, and so is a file that matches other rules with the sieve than by \
        libyara alone. Private rules are not tested.

        Exit status: 0 all is as it must be; 1 failures; 2 rules that do not compile, or a missing folder.
        """)

    @OptionGroup var rules: RuleArguments

    @Option(
      help: ArgumentHelp("Files that must match.", valueName: "dir"), completion: .directory,
      transform: RawArgument.path)
    var positives: RawPath?

    @Option(
      help: ArgumentHelp("Files that must not match.", valueName: "dir"), completion: .directory,
      transform: RawArgument.path)
    var nearMisses: RawPath?

    func validate() throws {
      guard positives != nil || nearMisses != nil else {
        throw ValidationError("Name the samples: --positives, --near-misses, or both.")
      }
    }

    func run() throws {
      FaultGuard.install()
      let outcome = try Failure.catching {
        for folder in [positives, nearMisses].compactMap(\.self)
        where !YaraSource.isDirectory(folder) {
          throw Failure("samples \(folder.shown): is not a directory")
        }
        let ruleSet = try rules.ruleSet()
        if ruleSet.sieve == nil {
          Terminal(showsProgress: false).message(
            "note: libhs.so.5 (Hyperscan or Vectorscan) is not installed: only libyara is tested")
        }
        let outcome = try SampleTest(ruleSet).run(positives: positives, nearMisses: nearMisses)
        try StandardOutput().write(text(of: outcome))
        return outcome
      }
      if !outcome.failures.isEmpty { throw ExitCode(1) }
    }

    /// The failures, a line each, and what was counted.
    private func text(of outcome: SampleTest.Outcome) -> String {
      let counts = [
        "\(outcome.rules) rules", outcome.positives.map { "\($0) positives" },
        outcome.nearMisses.map { "\($0) near-misses" },
      ].compactMap(\.self).joined(separator: ", ")
      let lines = outcome.failures + ["\(counts): \(outcome.failures.count) failures"]
      return lines.map { $0 + "\n" }.joined()
    }
  }
}
