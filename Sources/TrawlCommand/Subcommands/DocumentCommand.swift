import ArgumentParser
import Engine
import Signatures
import Yara

extension SignaturesCommand {
  /// `trawl signatures document`
  struct Document: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes tables in Markdown of what rules detect and on what evidence.")

    @OptionGroup var rules: RuleArguments

    func run() throws {
      try Failure.catching {
        // Include built-in signatures that are not rules if no rules are named.
        let entries = SignatureDocument.entries(of: try rules.ruleSet().rules.rules)
        try StandardOutput().write(SignatureDocument.text(of: entries))
      }
    }
  }
}
