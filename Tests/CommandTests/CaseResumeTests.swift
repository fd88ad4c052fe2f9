import Foundation
import TestSupport
import Testing

/// A case that is killed at any moment ends with the results of a scan that never was.
@Suite struct CaseResumeTests {
  /// Kills scans of some evidence at random moments, and resumes each.
  private func check(_ arguments: [String], kills: Int, seed: UInt64) throws {
    let whole = try CaseScans.plain(arguments)
    #expect(!whole.findings.isEmpty)
    let start = Date()
    _ = try CaseScans.plain(arguments)
    var length = Date().timeIntervalSince(start)
    var generator = SeededGenerator(seed: seed)
    var killed = 0
    for round in 0..<kills {
      let folder = try TemporaryDirectory()
      let file = folder.path + "/scan.case"
      // One kill, or a second one while it resumes.
      for _ in 0...(round % 2) {
        let seconds = Double.random(in: 0...(length * 1.2), using: &generator)
        if try CaseScans.kill(arguments, case: file, after: seconds) {
          killed += 1
        } else {
          // The length was measured while the machine did other work.
          length /= 2
        }
      }
      if FileManager.default.fileExists(atPath: file),
        try Data(contentsOf: URL(fileURLWithPath: file)).count > 0
      {
        let verified = try Command.run("case", "verify", file)
        #expect(verified.status == 0, "\(verified.text)\(verified.errors)")
      }
      let resumed = try Subprocess.run(
        Command.path, ["scan", "--format", "jsonl", "--case", file] + arguments)
      #expect(try CaseScans.result(resumed.lines) == whole, "round \(round)")
      let export = try Command.run("case", "export", file)
      #expect(try CaseScans.result(export.lines) == whole, "export of round \(round)")
      let verified = try Command.run("case", "verify", file)
      #expect(verified.status == 0, "\(verified.text)\(verified.errors)")
    }
    #expect(killed > 0)
  }

  @Test func aTreeResumes() throws {
    let folder = try TemporaryDirectory()
    try check([try CaseScans.tree(in: folder)], kills: 6, seed: 1)
  }

  @Test func aRawImageResumes() throws {
    try check(["--unallocated", "all", ImageFixture.disk], kills: 4, seed: 2)
  }

  @Test func anE01Resumes() throws {
    let folder = try TemporaryDirectory()
    try ContainerFixtures.run(
      "ewfacquire",
      [
        "-u", "-q", "-t", folder.path + "/disk", "-f", "encase6", "-c", "deflate:fast", "-S",
        "4GiB", ImageFixture.disk,
      ])
    try check(["--verify", folder.path + "/disk.E01"], kills: 4, seed: 3)
  }

  /// The recorded items are not opened again: replaced by others, they keep their results, and the user is told.
  @Test func recordedItemsAreNotScannedAgain() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let rules = try folder.write("rule hit { strings: $a = \"needle\" condition: $a }", to: "r.yar")
    for index in 0..<2000 { try folder.write("hay \(index)", to: "evidence/\(index)") }
    try folder.write("needle", to: "evidence/needle")
    // Scanned to the end, and its last batch, the one of its end, removed: an interrupted scan.
    let evidence = folder.path + "/evidence"
    _ = try Command.run("scan", "--case", file, "--signatures", rules, evidence)
    let tables = try Subprocess.run(
      "sqlite3",
      [file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb%'"]
    ).lines
    let last = try Subprocess.run("sqlite3", [file, "SELECT max(batch) FROM summaries"]).text
      .trimmingCharacters(in: .whitespacesAndNewlines)
    for table in tables {
      let column = table == "batches" ? "id" : "batch"
      try ContainerFixtures.run(
        "sqlite3", [file, "DELETE FROM \(table) WHERE \(column) = \(last)"])
    }
    #expect(try Command.run("case", "verify", file).status == 0)
    try folder.write("nothing", to: "evidence/needle")
    try folder.write("a new needle", to: "evidence/new")
    let resumed = try Command.run(
      "scan", "--format", "jsonl", "--case", file, "--signatures", rules, evidence)
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains("needle: changed since it was recorded"))
    let records = try OutputRecord.all(in: resumed.lines)
    #expect(
      Set(records.ofType("finding").map { $0.path ?? "" })
        == [evidence + "/needle", evidence + "/new"])
    #expect(records.last?.items?["seen"] == 2002)
  }
}
