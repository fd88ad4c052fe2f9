import ArgumentParser
import Bytes
import Engine
import Files
import Reports
import Signatures

extension SignaturesCommand {
  /// `trawl signatures test`
  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tests rules on samples that must match, and on near-misses that must not.",
      discussion: """
        A sample is in a folder named after a rule: POSITIVES/RULE/FILE must match RULE, \
        NEAR-MISSES/RULE/FILE must not, and NEAR-MISSES/any/FILE must match no rule. A rule without a \
        sample is a failure, and so is a file that matches different rules with and without the \
        prefilter. Private rules are not tested.

        Exit status: 0 no failures; 1 failures; 2 rules that do not compile, or a missing folder.
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
          throw Failure("samples \(folder.shown): not a directory")
        }
        let ruleSet = try rules.ruleSet()
        if let reason = ruleSet.withoutSieve {
          Terminal(showsProgress: false).message("note: \(reason): only libyara is tested")
        }
        let outcome = try SampleTest(ruleSet).run(positives: positives, nearMisses: nearMisses)
        try StandardOutput().write(text(of: outcome))
        return outcome
      }
      if !outcome.failures.isEmpty { throw ExitCode(1) }
    }

    /// Failures, one per line, and counts.
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
