import Foundation
import TestSupport
import Testing

/// Bundles that the scripts make, installed by the binary.
@Suite struct SignaturesUpdateTests {
  private let folder: TemporaryDirectory
  private let key: String
  private let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path + "/bundles"
    key = try Self.script("make-bundle-key", folder.path + "/key.pem")
      .trimmingCharacters(in: .newlines)
  }

  private static func script(_ name: String, _ arguments: String...) throws -> String {
    let result = try Subprocess.run(
      Fixtures.package + "/scripts/" + name, arguments,
      environment: ["TRAWL": Command.path, "SOURCE_DATE_EPOCH": "1796083200"])
    try #require(result.status == 0, "\(name): \(result.errors)")
    return result.text
  }

  private func trawl(_ arguments: String..., key: String? = nil) throws -> Subprocess.Result {
    try Subprocess.run(
      Command.path, arguments,
      environment: ["TRAWL_BUNDLES": store, "TRAWL_BUNDLE_KEY": key ?? self.key])
  }

  /// A bundle whose only rule has this name, and finds `needle`.
  private func bundle(_ version: Int, rule: String = "needle", condition: String = "$a") throws
    -> String
  {
    let text = try Command.run("signatures", "export", "--profile", "-")
    var profile = try #require(
      try JSONSerialization.jsonObject(with: text.output) as? [String: Any])
    profile["rules"] = """
      rule \(rule) { meta: vendor = "Kaspersky" confidence = "claimed" reason = "holds a needle"
      strings: $a = "needle" condition: \(condition) }
      """
    let json = folder.path + "/profile.json"
    try JSONSerialization.data(withJSONObject: profile).write(to: URL(fileURLWithPath: json))
    let path = folder.path + "/\(version).bundle"
    _ = try Self.script("make-bundle", folder.path + "/key.pem", String(version), path, json)
    return path
  }

  @Test func scansUseABundleAndNameIt() throws {
    let bundle = try bundle(9)
    let installed = try trawl("signatures", "update", bundle)
    #expect(installed.status == 0, "\(installed.errors)")
    #expect(installed.text.hasPrefix("Bundle 9 of 2026-12-01, SHA-256 "))
    #expect(installed.text.hasSuffix(" is installed.\n"))
    #expect(try trawl("signatures", "update", bundle).text.hasSuffix(" is installed already.\n"))

    let evidence = try folder.write("a needle", to: "evidence")
    let result = try trawl("scan", "--format", "jsonl", evidence)
    #expect(result.status == 1)
    let lines = try result.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.first?["rule"] as? String == "needle")
    let custody = try #require(lines.last?["custody"] as? [String: Any])
    let sets = try #require(custody["rule_sets"] as? [[String: String]])
    let digest = try Subprocess.run("sha256sum", [bundle]).text.prefix(64)
    #expect(sets.count == 1)
    #expect(sets[0]["name"]?.hasPrefix("bundle 9, key ") == true)
    #expect(sets[0]["sha256"] == String(digest))
    #expect(try trawl("signatures", "list").lines.contains { $0.hasPrefix("needle ") })
    #expect(try trawl("signatures", "export", "-").text.contains("rule needle"))

    // With rules of the user the facts are still the bundle's.
    let rules = try folder.write("rule own { condition: true }", to: "own.yar")
    let own = try trawl("scan", "--format", "jsonl", "--signatures", rules, evidence)
    #expect(own.text.contains(#"{"name":"bundle 9, key "#))
  }

  @Test func theFormerBundleIsKeptAndAnOlderOneRefused() throws {
    #expect(try trawl("signatures", "update", bundle(10)).status == 0)
    let newer = try trawl("signatures", "update", bundle(11, rule: "newer"))
    #expect(newer.text.hasSuffix("; bundle 10 is kept as the former one.\n"))
    let older = folder.path + "/10.bundle"
    let refused = try trawl("signatures", "update", older)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("--allow-downgrade"))
    #expect(try trawl("signatures", "list").lines.contains { $0.hasPrefix("newer ") })
    #expect(try trawl("signatures", "update", "--allow-downgrade", older).status == 0)
    #expect(try trawl("signatures", "list").lines.contains { $0.hasPrefix("needle ") })
    #expect(try trawl("signatures", "update", "--revert").text.hasPrefix("Bundle 11 "))
    #expect(
      try trawl("signatures", "update", "--revert").text == "The built-in signatures are used.\n")
    #expect(try trawl("signatures", "update", bundle(1)).status == 2)
  }

  @Test func aWrongOrMissingSignatureIsRefused() throws {
    let bundle = try bundle(12)
    #expect(try trawl("signatures", "update", bundle).status == 0)
    // The project's key did not sign it, nor did another one.
    let unset = try Subprocess.run(
      "env", ["-u", "TRAWL_BUNDLE_KEY", Command.path, "signatures", "update", bundle],
      environment: ["TRAWL_BUNDLES": store])
    #expect(unset.status == 2)
    let other = try Self.script("make-bundle-key", folder.path + "/other.pem")
      .trimmingCharacters(in: .newlines)
    let result = try trawl("signatures", "update", bundle, key: other)
    #expect(result.status == 2)
    #expect(result.errors.contains("its signature is not one of the key"))

    let bytes = try Data(contentsOf: URL(fileURLWithPath: bundle))
    var changed = bytes
    changed[bytes.count - 100] ^= 1
    let unsigned = Data("trawl-bundle 1\n\n".utf8) + bytes.dropFirst(104)
    for (name, data) in [("changed", changed), ("unsigned", unsigned), ("empty", Data())] {
      let path = folder.path + "/" + name
      try data.write(to: URL(fileURLWithPath: path))
      #expect(try trawl("signatures", "update", path).status == 2, "\(name)")
    }
    #expect(try trawl("signatures", "update", folder.path + "/none").status == 2)
    #expect(try trawl("signatures", "update", bundle, key: "nonsense").status == 2)
    #expect(try trawl("signatures", "update").status == 64)
    #expect(try trawl("signatures", "list").lines.contains { $0.hasPrefix("needle ") })
  }

  @Test func aBundleThatWasChangedAfterwardsStopsScans() throws {
    #expect(try trawl("signatures", "update", bundle(13)).status == 0)
    let installed = store + "/signatures.bundle"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: installed))
    bytes[bytes.count - 100] ^= 1
    try bytes.write(to: URL(fileURLWithPath: installed))
    let result = try trawl("scan", "/bin/true")
    #expect(result.status == 2)
    #expect(result.errors.contains("signatures update --revert"))
    #expect(try trawl("signatures", "update", "--revert").status == 0)
    #expect(try trawl("scan", "/bin/true").status == 0)
  }

  @Test func rulesThatDoNotCompileAreRefused() throws {
    let result = try trawl("signatures", "update", bundle(14, condition: "nothing"))
    #expect(result.status == 2)
    #expect(result.errors.contains("undefined identifier"))
    #expect(!FileManager.default.fileExists(atPath: store))
  }

  @Test func theSameBundleIsMadeOfTheSameProfile() throws {
    let paths = [folder.path + "/one", folder.path + "/two"]
    for path in paths {
      _ = try Self.script("make-bundle", folder.path + "/key.pem", "15", path)
    }
    #expect(
      FileManager.default.contents(atPath: paths[0])
        == FileManager.default.contents(atPath: paths[1]))
    #expect(try trawl("signatures", "update", paths[0]).status == 0)
    #expect(
      try trawl("signatures", "export", "-").output
        == Command.run("signatures", "export", "-").output)
  }

  @Test func noPrivateKeyIsWrittenIntoTheCheckout() throws {
    let result = try Subprocess.run(
      Fixtures.package + "/scripts/make-bundle-key", [Fixtures.package + "/key.pem"])
    #expect(result.status == 1)
    #expect(!FileManager.default.fileExists(atPath: Fixtures.package + "/key.pem"))
  }
}
