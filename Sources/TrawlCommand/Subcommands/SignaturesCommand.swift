import ArgumentParser
import Bytes
import Catalogue
import Engine
import Findings
import Profiles
import Reports
import Traces
import Yara

struct SignaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signatures", abstract: "Shows, exports, explains and checks signatures.",
    subcommands: [
      List.self, Export.self, Explain.self, Lint.self, Test.self, Document.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the built-in signatures: what each one proves, and on what facts.")

    func run() throws {
      let rules = try Failure.catching { try RuleSet(.kaspersky).rules.rules }
      try Failure.catching { try StandardOutput().write(SignatureList.text(of: rules)) }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes the built-in signatures as one file that yara compiles.")

    @Argument(
      help: "The file to write; - for stdout.", completion: .file(), transform: RawArgument.path)
    var file: RawPath

    func run() throws {
      try Failure.catching {
        let destination: any ReportDestination =
          file == "-" ? StandardOutput() : try OutputFile(file)
        try destination.write(VendorProfile.kaspersky.rules)
        try destination.finish()
      }
    }
  }
}

/// Table of the built-in rules and the signatures for records of installed software.
private enum SignatureList {
  static func text(of rules: [Rule]) -> String {
    var table = TextTable(["RULE", "CONFIDENCE", "COMPONENT", "PLATFORM", "SOURCE", "REASON"])
    for rule in rules where !rule.isPrivate {
      table.add(
        [rule.identifier]
          + ["confidence", "component", "platform", "source", "reason"].map {
            rule.text($0) ?? "-"
          })
    }
    // Signatures that parse files at known places instead of searching them.
    for signature in TraceSignature.all(of: .kaspersky) {
      table.add([
        signature.name, signature.confidence.rawValue, signature.component.rawValue,
        signature.platform, signature.source, signature.reason,
      ])
    }
    return table.text
  }
}
