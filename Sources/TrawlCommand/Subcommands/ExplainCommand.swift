import ArgumentParser
import Bytes
import Engine
import Reports
import Sieve
import Signatures

extension SignaturesCommand {
  /// `trawl signatures explain`
  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Shows for each rule what an item must contain, and how the prefilter excludes items.",
      discussion: """
        Without RULES, explains the built-in signatures. The first lines count the rules of each kind, and \
        name those that cost a scan most, with the reason and a remedy. Each part of a condition is marked with the \
        stage that decides it: "gate" by the size and the first 4096 bytes of an item, before its content \
        is read; "search" by a search for literals; "libyara" by libyara alone. With --item, shows \
        the result of each rule for one file. With --profile, measures the rules on the files of a \
        directory: what the prefilter leaves for each, and how long libyara takes for it alone.
        """)

    @OptionGroup var rules: RuleArguments

    @Option(
      help: ArgumentHelp(
        "Show which rules keep this file, and what excludes it for the others.", valueName: "file"),
      completion: .file())
    var item: String?

    @Option(
      help: ArgumentHelp(
        "Measure what each rule costs on the files below this directory.", valueName: "dir"),
      completion: .directory)
    var profile: String?

    func run() throws {
      try Failure.catching {
        guard let sieve = try rules.ruleSetOrFiles().sieve else { throw Failure.noSieve }
        let output = StandardOutput()
        if let item {
          let bytes = try RuleFiles.bytes(of: item, kind: "item")
          try output.write(ExplanationText.text(of: sieve.explain(bytes.span.bytes)))
        } else if let profile {
          let outcome = RuleProfile(RawPath(Array(profile.utf8)), sieve)
          try output.write(RuleCostText.summary(of: sieve))
          try output.write(RuleCostText.text(of: outcome, sieve))
        } else {
          try output.write(RuleCostText.summary(of: sieve))
          try output.write(ExplanationText.text(of: sieve.explanations()))
        }
      }
    }
  }
}

/// Explanations as text for people.
enum ExplanationText {
  /// Number of literals shown of longer lists.
  private static let mostLiterals = 8

  static func text(of rules: [RuleExplanation]) -> String {
    var lines: [String] = []
    for rule in rules {
      lines.append("\(name(rule.namespace, rule.identifier)): \(reach(rule.reach))")
      for part in rule.parts {
        lines.append(
          "  \(padded(part.stage)) \(Printable.text(part.text ?? "(no text of this part)"))")
      }
      if !rule.literals.isEmpty { lines.append("  needs one of: \(list(rule.literals))") }
      for string in rule.unsearchable {
        lines.append("  not searched: \(string.identifier), because \(string.reason)")
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  static func name(_ namespace: String, _ identifier: String) -> String {
    namespace == "default" ? identifier : "\(namespace):\(identifier)"
  }

  static func text(of item: ItemExplanation) -> String {
    var lines: [String] = []
    for answer in item.answers {
      var line = "\(answer.identifier): "
      switch answer.excludedBy {
      case nil: line += "KEEPS the item"
      case let stage?: line += "excluded by the \(stage.rawValue)"
      }
      if let part = answer.part { line += ": \(Printable.text(part))" }
      if !answer.seen.isEmpty { line += "; seen: \(list(answer.seen))" }
      lines.append(line)
    }
    let kept = item.answers.filter { $0.excludedBy == nil }.count
    lines.append(
      kept == 0 ? "No rule can match it." : "\(kept) of \(item.answers.count) rules keep it.")
    return lines.joined(separator: "\n") + "\n"
  }

  static func reach(_ reach: RuleExplanation.Reach) -> String {
    switch reach {
    case .gate: "excluded by size and first bytes, before the content is read"
    case .search: "excluded by a search of the content"
    case .evaluation:
      "libyara evaluates its condition for every item, without a scan if no string is there"
    case .none: "every item must be scanned for it"
    }
  }

  private static func padded(_ stage: RuleExplanation.Stage) -> String {
    stage.rawValue + String(repeating: " ", count: 7 - stage.rawValue.count)
  }

  private static func list(_ literals: [RuleExplanation.Literal]) -> String {
    let shown = literals.prefix(mostLiterals).map(text)
    let rest = literals.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  static func text(_ literal: RuleExplanation.Literal) -> String {
    var bytes = literal.bytes
    var kind = literal.ignoresCase ? " (any case)" : ""
    let isWide =
      bytes.count > 1 && bytes.count % 2 == 0
      && stride(from: 1, to: bytes.count, by: 2).allSatisfy { bytes[$0] == 0 }
    if isWide {
      bytes = stride(from: 0, to: bytes.count, by: 2).map { bytes[$0] }
      kind += " (wide)"
    }
    if literal.isStrided { kind += " (in a version resource)" }
    if literal.isDifference { kind += " (between neighbours, under any key)" }
    if literal.hasContext { kind += " (with its context)" }
    let isText = bytes.allSatisfy { (0x20...0x7E).contains($0) }
    let text =
      isText
      ? "\"\(String(decoding: bytes, as: UTF8.self))\"" : "{ \(Hexadecimal.text(of: bytes)) }"
    return text + kind
  }
}
