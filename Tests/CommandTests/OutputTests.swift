import Foundation
import TestSupport
import Testing

@Suite struct OutputTests {
  private let slowRules =
    #"rule slow { condition: for all i in (0..100000000000) : (uint8(i % 7) < 256) }"#

  @Test func outputAppearsWhole() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/report.jsonl"
    let result = try Command.run("scan", "--format", "jsonl", "--output", file, "/bin/true")
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("\"type\":\"summary\""))
    #expect(!FileManager.default.fileExists(atPath: file + ".partial"))
  }

  @Test func outputInsideATargetIsRefused() throws {
    let folder = try TemporaryDirectory()
    try folder.write("hay", to: "evidence/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: folder.path + "/evidence")
    for target in ["evidence", "link"] {
      for output in ["evidence/report", "link/report", "evidence/../evidence/report"] {
        let result = try Command.run("scan", "--output", output, target, in: folder.path)
        #expect(result.status == 2)
        #expect(result.errors.contains("inside the target"))
      }
    }
    let file = try Command.run("scan", "-o", "evidence/file", "evidence/file", in: folder.path)
    #expect(file.status == 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/evidence") == ["file"])
    #expect(try Command.run("scan", "-o", "report", "evidence", in: folder.path).status == 0)
  }

  @Test func outputThatCannotBeWrittenExitsWithTwo() throws {
    let result = try Command.run("scan", "--output", "/nonexistent/report", "/bin/true")
    #expect(result.status == 2)
    #expect(result.errors.contains("/nonexistent/report"))
    let full = try Subprocess.run(
      "sh", ["-c", "exec \"$0\" scan /bin/true > /dev/full", Command.path])
    #expect(full.status == 2)
  }

  @Test func aBrokenPipeEndsQuietly() throws {
    let result = try Subprocess.run(
      "bash",
      [
        "-c", "\"$0\" scan --format jsonl \"$1\" | head -c 1 > /dev/null; echo ${PIPESTATUS[0]}",
        Command.path, Fixtures.folder,
      ])
    #expect(result.text == "141\n")
    #expect(result.errors == "")
  }

  @Test func badRulesExitWithTwoAndSayWhere() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule a {\n condition: nonsense }", to: "bad.yar")
    let result = try Command.run("scan", "--signatures", rules, "/bin/true")
    #expect(result.status == 2)
    #expect(result.errors.contains("bad.yar(2)"))
    #expect(try Command.run("scan", "--signatures", "/gone", "/bin/true").status == 2)
  }

  @Test func aFolderOfSignaturesAndExternalsWork() throws {
    let folder = try TemporaryDirectory()
    try folder.write("rule a { condition: limit > 4 and name contains \"x\" }", to: "r/b/a.yar")
    try folder.write("rule b { condition: flag and ratio > 0.5 }", to: "r/b.yara")
    try folder.write("not a rule", to: "r/README")
    let result = try Command.lines(
      "--signatures", folder.path + "/r", "-d", "limit=5", "-d", "name=xyz", "-d", "flag=true",
      "-d", "ratio=0.75", "/bin/true")
    #expect(result.status == 1, "a user's rule without confidence counts")
    let matches = result.lines.ofType("finding").first?.matches
    #expect(matches?.compactMap(\.rule).sorted() == ["a", "b"])
  }

  @Test(arguments: [("INT", Int32(130)), ("TERM", 143)])
  func aSignalEndsTheScanWithItsSummary(_ signal: String, _ status: Int32) throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(slowRules, to: "slow.yar")
    try folder.write("0123456789", to: "t/file")
    // The signal is sent when the processor time of the process shows that the scan has begun.
    let script = """
      "$0" scan --format jsonl --signatures "$1" "$2" & child=$!
      while [ "$(awk '{print ($14 > 20)}' /proc/$child/stat)" != 1 ]; do sleep 0.05; done
      kill -\(signal) $child; wait $child; echo "status $?"
      """
    let result = try Subprocess.run(
      "bash", ["-c", script, Command.path, rules, folder.path + "/t"])
    #expect(result.lines.last == "status \(status)")
    let summary = try #require(result.lines.first { $0.contains("\"type\":\"summary\"") })
    #expect(summary.contains("\"interrupted\":true"))
    #expect(summary.contains("\"complete\":false"))
    #expect(result.lines.contains { $0.contains("\"reason\":\"interrupted\"") })
  }

  @Test func theProgressLineIsForTerminalsOnly() throws {
    let result = try Command.run("scan", "/bin/true")
    #expect(result.errors == "")
    let terminal = try Subprocess.run(
      "script", ["-qec", "\(Command.path) scan /bin/true", "/dev/null"])
    #expect(terminal.status == 0)
    #expect(terminal.text.contains("1 items: 0 matched, 1 clean"))
  }
}
