import Foundation
import TestSupport
import Testing

@Suite struct SignaturesCommandTests {
  @Test func theListShowsEveryRule() throws {
    let result = try Command.run("signatures", "list")
    #expect(result.status == 0)
    #expect(result.lines.count >= 16)
    #expect(result.lines.contains { $0.hasPrefix("kaspersky_windows_driver_klif ") })
  }

  @Test func theExportCompilesAndGivesTheSameMatchesAsOurs() throws {
    let folder = try TemporaryDirectory()
    let rules = folder.path + "/all.yar"
    #expect(try Command.run("signatures", "export", rules).status == 0)
    let toStdout = try Command.run("signatures", "export", "-")
    #expect(toStdout.output == FileManager.default.contents(atPath: rules))
    let yara = try Subprocess.run("yara", ["-r", "--fail-on-warnings", rules, Fixtures.folder])
    #expect(yara.status == 0)
    let (_, lines) = try Command.lines(Fixtures.folder)
    let ours = lines.ofType("finding").flatMap { finding -> [String] in
      let path = finding.path ?? ""
      // Signatures for records of the system are not rules and have their own namespace.
      return (finding.matches ?? [])
        .filter { $0.namespace != "trawl" }
        .map { "\($0.rule) \(path)" }
    }
    #expect(ours.count > 50)
    #expect(ours.sorted() == yara.lines.sorted())
  }
}
