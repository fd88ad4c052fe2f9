import ArgumentParser
import Signatures
import Trawl
import Yara

extension SignaturesCommand {
  /// `trawl signatures document`
  struct Document: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes what rules detect, and on what evidence, as tables in Markdown.")

    @OptionGroup var rules: RuleArguments

    func run() throws {
      try Failure.catching {
        // What is built in and found in other ways than by rules adds its entries where no rules are named.
        let entries = SignatureDocument.entries(of: try rules.ruleSet().rules.rules)
        try StandardOutput().write(SignatureDocument.text(of: entries))
      }
    }
  }
}
