import ArgumentParser
import Bundles
import Bytes
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
      List.self, Export.self, Update.self, Explain.self, Lint.self, Test.self, Document.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the signatures: what each one proves, and on what facts.")

    func run() throws {
      try Failure.catching {
        let current = try CurrentSignatures.load()
        let rules = try current.ruleSet().rules.rules
        try StandardOutput().write(SignatureList.text(of: rules, and: current.profile))
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes the signatures as one file that yara compiles.")

    @Argument(
      help: "The file to write; - for stdout.", completion: .file(), transform: RawArgument.path)
    var file: RawPath

    @Flag(
      help: "Write the rules with all facts and pinned certificates as JSON, as bundles hold them.")
    var profile = false

    func run() throws {
      try Failure.catching {
        let current = try CurrentSignatures.load().profile
        let destination: any ReportDestination =
          file == "-" ? StandardOutput() : try OutputFile(file)
        try destination.write(profile ? try SignatureBundle.text(of: current) : current.rules)
        try destination.finish()
      }
    }
  }
}

/// Table of the rules and the signatures for records of installed software.
private enum SignatureList {
  static func text(of rules: [Rule], and profile: VendorProfile) -> String {
    var table = TextTable(["RULE", "CONFIDENCE", "COMPONENT", "PLATFORM", "SOURCE", "REASON"])
    for rule in rules where !rule.isPrivate {
      table.add(
        [rule.identifier]
          + ["confidence", "component", "platform", "source", "reason"].map {
            rule.text($0) ?? "-"
          })
    }
    // Signatures that parse files at known places instead of searching them.
    for signature in TraceSignature.all(of: profile) {
      table.add([
        signature.name, signature.confidence.rawValue, signature.component.rawValue,
        signature.platform, signature.source, signature.reason,
      ])
    }
    return table.text
  }
}
