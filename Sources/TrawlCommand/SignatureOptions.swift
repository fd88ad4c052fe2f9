import ArgumentParser
import Bytes
import Engine
import Identity
import Profiles
import Yara

/// Options that select the rules.
struct SignatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this rule file, or the .yar and .yara files of this directory, instead of the built-in"
        + " signatures; repeatable.", valueName: "path"),
    completion: .file())
  var signatures: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Define an external variable for the rules of --signatures; repeatable.",
      valueName: "name=value"))
  var define: [ExternalVariable] = []

  @Option(
    help: ArgumentHelp(
      "Also trust the certificate authorities in this PEM file for code signatures;"
        + " repeatable.", valueName: "file"),
    completion: .file())
  var trustAnchor: [String] = []

  func validate() throws {
    guard define.isEmpty || !signatures.isEmpty else {
      throw ValidationError("--define needs --signatures.")
    }
  }

  /// Compiles the rules, and adds the vendor that they describe.
  func ruleSet(cache: CacheDirectory? = nil) throws -> RuleSet {
    let current = try current()
    guard !signatures.isEmpty else { return try current.ruleSet(cache: cache) }
    var texts = [RuleSet.Text]()
    for path in signatures {
      for file in try RuleFiles.files(at: path) {
        texts.append(
          RuleSet.Text(name: file, bytes: try RuleFiles.bytes(of: file), isFile: true))
      }
    }
    var ruleSet = try RuleSet(
      texts, externals: define.map { ($0.name, $0.value) }, cache: cache)
    // Private rules are never reported: a scan with nothing else could find nothing.
    guard ruleSet.rules.rules.contains(where: { !$0.isPrivate }) else {
      throw Failure(
        "signatures \(signatures.joined(separator: ", ")): no public rule: every rule is private,"
          + " or there are none")
    }
    ruleSet.profile = current.profile
    if let record = current.record { ruleSet.records.append(record) }
    return ruleSet
  }

  /// Signatures in use, with the certificates of the command line.
  private func current() throws -> CurrentSignatures {
    var current = try CurrentSignatures.load()
    for path in trustAnchor {
      let pem = try RuleFiles.bytes(of: path, kind: "trust anchor")
      guard current.profile.certificates.add(pem: pem) != nil else {
        throw Failure("trust anchor \(path): not a PEM certificate file")
      }
    }
    return current
  }
}

/// `NAME=VALUE`, with the types of `yara -d`: integer, float, `true` or `false`, else string.
struct ExternalVariable: ExpressibleByArgument {
  let name: String
  let value: ExternalValue
  /// The text as given.
  let argument: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    self.argument = argument
    name = String(parts[0])
    let text = String(parts[1])
    if let integer = Int64(text) {
      value = .integer(integer)
    } else if text.contains("."), let float = Double(text) {
      value = .float(float)
    } else if text == "true" || text == "false" {
      value = .boolean(text == "true")
    } else {
      value = .string(text)
    }
  }
}
