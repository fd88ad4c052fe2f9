import ArgumentParser
import Engine
import Reports
import Results
import Signatures
import Yara

extension SignaturesCommand {
  /// `trawl signatures lint`
  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks that rules have the metadata and the conditions that signatures need.",
      discussion: """
        Every rule that is not private must state what it proves and on what facts (docs/signatures.md \
        lists the metadata). Its condition must let the prefilter exclude most files by size and first page; \
        otherwise every file would be read. Compiler messages are warnings. Prints file:line: rule: message.

        Exit status: 0 no errors; 1 errors; 2 rules that do not compile.
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
      case text, jsonl
    }

    @OptionGroup var rules: RuleArguments

    @Option(help: "Format of the output: lines for people and editors, or JSON Lines.")
    var format = Format.text

    func run() throws {
      let findings = try Failure.catching {
        guard let findings = Signatures.Lint.findings(of: try rules.ruleSet()) else {
          throw Failure.noSieve
        }
        try StandardOutput().write(findings.map { line(of: $0) + "\n" }.joined())
        return findings
      }
      if findings.contains(where: { $0.level == .error }) { throw ExitCode(1) }
    }

    private func line(of finding: LintFinding) -> String {
      switch format {
      case .text: Printable.text("\(finding)")
      case .jsonl:
        JSON.object([
          ("schema", .integer(1)), ("type", .string("lint")),
          ("level", .string(finding.level.rawValue)), ("file", finding.file.map { .string($0) }),
          ("line", finding.line.map { .integer(Int64($0)) }),
          ("rule", finding.rule.map { .string($0) }),
          ("message", .string(finding.message)),
        ]).line
      }
    }
  }
}
