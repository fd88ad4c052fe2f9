import ArgumentParser
import Trawl

/// The rules that a subcommand of `signatures` is about.
struct RuleArguments: ParsableArguments {
  @Argument(
    help: "Rule files, or directories of them; the built-in signatures if there are none.",
    completion: .file())
  var rules: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Define an external variable; may be given again.", valueName: "name=value"))
  var define: [ExternalVariable] = []

  /// The rules, compiled.
  func ruleSet() throws -> RuleSet {
    guard !rules.isEmpty else { return try .builtIn() }
    let texts = try rules.flatMap { try RuleFiles.files(at: $0) }.map { file in
      RuleSet.Text(name: file, bytes: try RuleFiles.bytes(of: file), isFile: true)
    }
    return try RuleSet(texts, externals: define.map { ($0.name, $0.value) })
  }
}

extension Failure {
  /// For what cannot do without a sieve.
  static let noSieve = Failure(
    "libhs.so.5 (Hyperscan or Vectorscan) is not installed: there is no sieve")
}
