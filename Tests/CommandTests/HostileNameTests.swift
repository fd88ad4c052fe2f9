import Bytes
import Foundation
import TestSupport
import Testing

/// Names that attack the terminal, in what every command prints.
@Suite struct HostileNameTests {
  private static let evidence: Result<HostileEvidence, any Error> = Result {
    let evidence = try HostileEvidence()
    _ = try Command.run(
      "scan", "--quiet", "--case", evidence.folder.path + "/e.case", evidence.folder.path + "/e")
    _ = try Command.run(
      "scan", "--quiet", "--max-size", "1", "--case", evidence.folder.path + "/p.case",
      evidence.folder.path + "/e")
    return evidence
  }

  @Test(arguments: [
    ["scan", "--color", "never", "FOLDER/e"], ["scan", "--format", "inventory", "FOLDER/e"],
    ["scan", "--verbose", "--max-size", "1", "--color", "never", "FOLDER/e"],
    ["case", "findings", "FOLDER/e.case"], ["case", "items", "FOLDER/e.case"],
    ["case", "findings", "--format", "csv", "FOLDER/e.case"],
    ["case", "products", "FOLDER/e.case"], ["case", "problems", "FOLDER/p.case"],
    ["report", "FOLDER/results.jsonl", "--format", "csv"],
    ["report", "FOLDER/results.jsonl", "--format", "bodyfile"],
    ["diff", "FOLDER/results.jsonl", "FOLDER/e.case"],
    ["diff", "FOLDER/results.jsonl", "FOLDER/e.case", "--format", "jsonl"],
    ["merge", "FOLDER/results.jsonl", "-o", "FOLDER/fleet.jsonl"],
    ["extract", "FOLDER/e.case", "-o", "FOLDER/out"],
  ])
  func noCommandLetsThemThrough(_ command: [String]) throws {
    let folder = try Self.evidence.get().folder.path
    let result = try Subprocess.run(
      Command.path, command.map { $0.replacing("FOLDER", with: folder) })
    #expect(result.status < 64)
    #expect(!result.output.isEmpty || !result.errors.isEmpty)
    let text = (result.text + result.errors).replacing("\r\n", with: "\n")
    #expect(HostileEvidence.harmful(text) == [])
    #expect(!text.unicodeScalars.contains("\r"))
    #expect(!text.contains("\nfake finding"))
  }

  /// A `*` of the shell makes names arguments. (`trawl match` prints names as `yara` does.)
  @Test(arguments: ["x\u{1B}[2J\u{202E}", "--x\u{1B}]0;title\u{07}", "a\nfake finding"])
  func argumentsAreNamesToo(_ name: String) throws {
    for command in [
      ["scan", name], ["report", name, "--format", "csv"], ["report", "--format", name],
      ["diff", name, name], ["merge", name, "-o", "/nonexistent/\(name)"], ["image", name],
      ["case", "findings", name], ["extract", name, "-o", "/nonexistent"],
      ["signatures", "lint", name], ["scan", "--format", name, "/dev/null"], [name],
    ] {
      let result = try Subprocess.run(Command.path, command)
      #expect(result.status != 0, "\(command)")
      #expect(!result.errors.isEmpty, "\(command)")
      #expect(HostileEvidence.harmful(result.text + result.errors) == [], "\(command)")
      #expect(!(result.text + result.errors).contains("\nfake finding"), "\(command)")
    }
  }
}
