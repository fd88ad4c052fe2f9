import ArgumentParser
import Bytes
import Identity
import Trawl
import Yara

/// Which rules are used.
struct SignatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use this rule file, or the .yar and .yara files of this directory, instead of the built-in"
        + " signatures; may be given again.", valueName: "path"),
    completion: .file())
  var signatures: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Define an external variable for the rules of --signatures; may be given again.",
      valueName: "name=value"))
  var define: [ExternalVariable] = []

  @Option(
    help: ArgumentHelp(
      "Also believe the authorities of this PEM file when they certify who signed a binary; may be"
        + " given again.", valueName: "file"),
    completion: .file())
  var trustAnchor: [String] = []

  func validate() throws {
    guard define.isEmpty || !signatures.isEmpty else {
      throw ValidationError("--define is for the rules of --signatures.")
    }
  }

  /// The rules, compiled.
  func ruleSet(cache: CacheDirectory? = nil) throws -> RuleSet {
    guard !signatures.isEmpty else { return try .builtIn(cache: cache) }
    var texts = [RuleSet.Text]()
    for path in signatures {
      for file in try RuleFiles.files(at: path) {
        texts.append(
          RuleSet.Text(name: file, bytes: try RuleFiles.bytes(of: file), isFile: true))
      }
    }
    return try RuleSet(texts, externals: define.map { ($0.name, $0.value) }, cache: cache)
  }
}

extension SignatureOptions {
  /// The certificates that are built in, and those of the command line.
  func trustAnchors() throws -> TrustAnchors {
    var anchors = TrustAnchors.builtIn
    for path in trustAnchor {
      guard anchors.add(pem: try RuleFiles.bytes(of: path, kind: "trust anchor")) != nil else {
        throw Failure("trust anchor \(path): is not a PEM file of certificates")
      }
    }
    return anchors
  }
}

/// `NAME=VALUE`, typed as `yara -d` does: integer, float, `true` or `false`, else string.
struct ExternalVariable: ExpressibleByArgument {
  let name: String
  let value: ExternalValue

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
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
