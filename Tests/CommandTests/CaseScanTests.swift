import Foundation
import TestSupport
import Testing

/// `trawl scan --case`, and the listings of a case.
@Suite struct CaseScanTests {
  @Test func aCaseExportsTheReportThatTheScanPrinted() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let scan = try Command.run("scan", "--format", "jsonl", "--case", file, ImageFixture.disk)
    #expect(scan.status == 1, "\(scan.errors)")
    let export = try Command.run("case", "export", file)
    #expect(export.status == 0, "\(export.errors)")
    #expect(export.lines.sorted() == scan.lines.sorted())
    #expect(export.lines.last == scan.lines.last)
    let plain = try CaseScans.plain([ImageFixture.disk])
    #expect(!plain.findings.isEmpty && !plain.products.isEmpty)
    #expect(try CaseScans.result(export.lines) == plain)
    let head = try #require(
      OutputRecord.all(in: scan.lines).last?.custody?.case?.head)
    let verified = try Command.run("case", "verify", file, "--head", head)
    #expect(verified.status == 0, "\(verified.text)")
    #expect(verified.text.contains("intact"))
  }

  @Test func aCompleteCaseIsShownAgainAndNotChanged() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let tree = try CaseScans.tree(in: folder)
    let first = try Command.run("scan", "--format", "jsonl", "--case", file, tree)
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    let again = try Command.run("scan", "--format", "jsonl", "--case", file, tree)
    #expect(again.status == first.status)
    #expect(again.lines.sorted() == first.lines.sorted())
    #expect(again.errors.contains("is complete"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
    #expect(!FileManager.default.fileExists(atPath: file + "-wal"))
    let restarted = try Command.run(
      "scan", "--format", "jsonl", "--case", file, "--restart", tree)
    #expect(!restarted.errors.contains("is complete"))
    #expect(try CaseScans.result(restarted.lines) == CaseScans.result(first.lines))
  }

  @Test func everyItemIsListedWithItsOutcome() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let tree = try CaseScans.tree(in: folder)
    _ = try Command.run("scan", "--case", file, tree)
    let items = try Command.run("case", "items", file, "--format", "jsonl")
    let found = try Subprocess.run("find", [tree, "-type", "f"]).lines
    let listed = try items.lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (object?["path"] as? String ?? "", object?["outcome"] as? String ?? "")
    }
    // Members of archives are items, too.
    let files = listed.map(\.0).filter { !$0.contains("!/") }
    #expect(Set(files) == Set(found))
    #expect(files.count == found.count && files.count < listed.count)
    let clean = try Command.run("case", "items", file, "--outcome", "clean", "--format", "csv")
    #expect(clean.rows.count - 1 == listed.count { $0.1 == "clean" })
    #expect(clean.rows.first == "outcome,reason,evidence,volume,path,stream,state,size")
    #expect(listed.contains { $0.1 == "hard_link" } && listed.contains { $0.1 == "matched" })
  }

  @Test func theBytesOfAnImageAddUpToItsSize() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    _ = try Command.run("scan", "--case", file, ImageFixture.disk)
    let rows = try Command.run("case", "ledger", file, "--format", "csv").rows
    var parts: [String: Int] = [:]
    for row in rows where row.hasPrefix(ImageFixture.disk) {
      let cells = row.split(separator: ",")
      parts[String(cells[1])] = Int(cells[2])
    }
    let size = try #require(parts["size"])
    parts["size"] = nil
    #expect(size == 81_788_928)
    #expect(parts.values.reduce(0, +) == size)
  }

  @Test func sqliteReadsTheTables() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let scan = try Command.run("scan", "--format", "jsonl", "--case", file, ImageFixture.disk)
    let records = try OutputRecord.all(in: scan.lines)
    func query(_ sql: String) throws -> [String] {
      let result = try Subprocess.run("sqlite3", ["-readonly", file, sql])
      #expect(result.status == 0, "\(result.errors)")
      return result.lines
    }
    #expect(try query("PRAGMA integrity_check") == ["ok"])
    #expect(
      try query("SELECT sha256 FROM findings").sorted()
        == records.ofType("finding").compactMap(\.sha256).sorted())
    #expect(
      try query("SELECT line FROM findings").sorted()
        == scan.lines.filter { $0.contains("\"type\":\"finding\"") }.sorted())
    #expect(
      try query("SELECT product FROM products ORDER BY id")
        == records.ofType("product").map { $0.product ?? "" })
    #expect(try query("SELECT type FROM volumes ORDER BY number") == ["fat32", "ntfs", "ext4"])
    #expect(try query("SELECT container FROM images") == ["raw, GPT"])
    #expect(try query("SELECT count(*) FROM finding_reasons").first != "0")
    let clean = try query(
      "SELECT (SELECT sum(count) FROM item_blocks) + (SELECT count(*) FROM items)")
    let items = try Command.run("case", "items", file, "--format", "jsonl").lines
    #expect(clean == [String(items.count)])
  }

  @Test func anotherScanIsRefused() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let target = try folder.write("text", to: "evidence/file")
    let rules = try folder.write("rule r { condition: filesize == 4 }", to: "rules.yar")
    let other = try folder.write("rule r { condition: filesize == 5 }", to: "other.yar")
    let evidence = folder.path + "/evidence"
    let first = try Command.run("scan", "--case", file, "--signatures", rules, evidence)
    #expect(first.status == 1)
    func refused(_ arguments: String...) throws -> String {
      let result = try Subprocess.run(Command.path, ["scan", "--case", file] + arguments)
      #expect(result.status == 2)
      return result.errors
    }
    #expect(try refused("--signatures", other, evidence).contains("other.yar"))
    #expect(
      try refused("--signatures", rules, "--max-size", "3", evidence).contains(
        "--max-size was none, is 3"))
    #expect(try refused("--signatures", rules, target).contains("the targets were"))
    let restarted = try Command.run(
      "scan", "--case", file, "--restart", "--signatures", other, evidence)
    #expect(restarted.status == 0)
  }

  @Test func aChangedImageIsRefused() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let image = folder.path + "/disk.dd"
    try ContainerFixtures.run("cp", [ImageFixture.disk, image])
    _ = try Command.run("scan", "--case", file, image)
    try ContainerFixtures.run("touch", ["-d", "2001-01-01", image])
    let touched = try Command.run("scan", "--case", file, image)
    #expect(touched.status == 2)
    #expect(touched.errors.contains("last change of content was"))
    try ContainerFixtures.run("truncate", ["-s", "+512", image])
    let grown = try Command.run("scan", "--case", file, image)
    #expect(grown.status == 2)
    #expect(grown.errors.contains("size was 81788928, is 81789440"))
  }

  @Test func onlyACaseIsOverwritten() throws {
    let folder = try TemporaryDirectory()
    try folder.write("text", to: "evidence/file")
    let note = try folder.write("a note", to: "note.txt")
    let database = folder.path + "/other.sqlite"
    try ContainerFixtures.run("sqlite3", [database, "CREATE TABLE t (a)"])
    for file in [note, database] {
      let before = try Data(contentsOf: URL(fileURLWithPath: file))
      let result = try Command.run(
        "scan", "--case", file, "--restart", folder.path + "/evidence")
      #expect(result.status == 2)
      #expect(result.errors.contains("not a case of Trawl"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
    }
    let inside = try Command.run(
      "scan", "--case", folder.path + "/evidence/scan.case", folder.path + "/evidence")
    #expect(inside.status == 2)
    #expect(inside.errors.contains("would change the evidence"))
  }

  @Test func oneScanWritesACase() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let evidence = folder.path + "/evidence"
    try folder.write("text", to: "evidence/file")
    _ = try Command.run("scan", "--case", file, evidence)
    // The lock that a running scan holds.
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let ready = Pipe()
    holder.arguments = ["flock", "-x", file, "sh", "-c", "echo ready; exec sleep 20"]
    holder.standardOutput = ready
    try holder.run()
    defer { holder.terminate() }
    _ = ready.fileHandleForReading.availableData
    let second = try Command.run("scan", "--case", file, evidence)
    #expect(second.status == 2)
    #expect(second.errors.contains("another scan is writing this case"))
    // Readers are not kept out.
    #expect(try Command.run("case", "verify", file).status == 0)
  }
}
