import ArgumentParser
import Engine
import Sieve
import Yara

/// Rule arguments of the `signatures` subcommands.
struct RuleArguments: ParsableArguments {
  @Argument(
    help: "Rule files or directories of rule files; without any, the built-in signatures.",
    completion: .file())
  var rules: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Define an external variable; repeatable.", valueName: "name=value"))
  var define: [ExternalVariable] = []

  /// Compiles the rules.
  func ruleSet() throws -> RuleSet {
    let current = try CurrentSignatures.load()
    guard !rules.isEmpty else { return try current.ruleSet() }
    var ruleSet = try RuleSet(texts { _ in "default" }, externals: externals)
    ruleSet.profile = current.profile
    return ruleSet
  }

  /// Compiles the rules; if they are no set together, since names come twice, each file for itself, in a namespace
  /// of its name.
  func ruleSetOrFiles() throws -> RuleSet {
    do { return try ruleSet() } catch {
      let files = try texts { $0 }
      guard files.count > 1, let ruleSet = try? RuleSet(files, externals: externals) else {
        throw error
      }
      return ruleSet
    }
  }

  private var externals: [(name: String, value: ExternalValue)] {
    define.map { ($0.name, $0.value) }
  }

  private func texts(_ namespace: (String) -> String) throws -> [RuleSet.Text] {
    try rules.flatMap { try RuleFiles.files(at: $0) }.map { file in
      RuleSet.Text(
        name: file, bytes: try RuleFiles.bytes(of: file), isFile: true, namespace: namespace(file))
    }
  }
}

extension Failure {
  /// Failure of commands that need a sieve.
  static var noSieve: Failure {
    Failure(
      "the prefilter is not available: \(Sieve.unavailability ?? "it does not accept these rules")")
  }
}
