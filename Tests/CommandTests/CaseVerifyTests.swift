import Foundation
import TestSupport
import Testing

/// `trawl case verify` finds every change of a case.
@Suite struct CaseVerifyTests {
  /// A case of the disk image, and the head that its scan printed.
  private func scanned(in folder: TemporaryDirectory) throws -> (file: String, head: String) {
    let file = folder.path + "/scan.case"
    let scan = try Command.run("scan", "--format", "jsonl", "--case", file, ImageFixture.disk)
    let head = try #require(try OutputRecord.all(in: scan.lines).last?.custody?.case?.head)
    return (file, head)
  }

  private func change(_ file: String, _ sql: String) throws {
    try ContainerFixtures.run("sqlite3", [file, sql])
  }

  @Test(arguments: [
    ("UPDATE findings SET sha256 = 'x' WHERE id = 1", "was modified"),
    (
      "UPDATE problems SET message = 'harmless'; UPDATE findings SET product = NULL", "was modified"
    ),
    ("DELETE FROM findings WHERE id = 1", "row 1 of table findings is missing"),
    ("DELETE FROM findings WHERE id = (SELECT max(id) FROM findings)", "was modified"),
    (
      "INSERT INTO findings SELECT 9999, 9999, " + "evidence, volume, path, path_bytes, stream, "
        + "stream_bytes, state, item, first_path, position, item_id, rule, confidence, vendor, product, "
        + "product_version, version, component, platform, embedded, size, inode, offset, md5, sha1, "
        + "sha256, modified, created, accessed, changed, line, data FROM findings WHERE id = 1",
      "has a row of batch 9999"
    ),
    ("UPDATE item_blocks SET data = zeroblob(length(data)) WHERE id = 1", "was modified"),
    ("UPDATE counts SET value = value + 1 WHERE id = 1", "was modified"),
    ("UPDATE runs SET user = 'somebody'", "batch 1 was modified"),
    ("UPDATE batches SET time = '2001-01-01T00:00:00Z' WHERE id = 2", "batch 2 was modified"),
    ("DELETE FROM batches WHERE id = 2", "batch 2 is missing"),
    ("UPDATE batches SET hash = zeroblob(32) WHERE id = 1", "batch 1 was modified"),
  ])
  func aChangeIsFound(_ sql: String, _ words: String) throws {
    let folder = try TemporaryDirectory()
    let (file, head) = try scanned(in: folder)
    try change(file, sql)
    let result = try Command.run("case", "verify", file, "--head", head)
    #expect(result.status == 1)
    #expect(result.text.contains("BROKEN after"), "\(result.text)")
    #expect(result.text.contains(words), "\(result.text)")
  }

  /// An unkeyed chain without the head cannot show that a case ends early: it is consistent in itself.
  @Test func aCutChainHasAnotherHead() throws {
    let folder = try TemporaryDirectory()
    let (file, head) = try scanned(in: folder)
    let tables = try Subprocess.run(
      "sqlite3",
      [file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb%'"]
    ).lines
    for table in tables {
      let column = table == "batches" ? "id" : "batch"
      try change(file, "DELETE FROM \(table) WHERE \(column) > 1")
    }
    let alone = try Command.run("case", "verify", file)
    #expect(alone.status == 0)
    let compared = try Command.run("case", "verify", file, "--head", head)
    #expect(compared.status == 1)
    #expect(compared.text.contains("NOT THE SAME"))
  }

  @Test func damageIsAnErrorAndNoCrash() throws {
    let folder = try TemporaryDirectory()
    let (file, _) = try scanned(in: folder)
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: file)))
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<40 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...20, using: &generator) {
        damaged[Int.random(in: 100..<damaged.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) {
        damaged.removeLast(Int.random(in: 1..<damaged.count / 2, using: &generator))
      }
      let copy = try folder.write(damaged, to: "damaged.case")
      for arguments in [["verify"], ["items", "--format", "csv"], ["export"], ["ledger"]] {
        let result = try Subprocess.run(
          Command.path, ["case", arguments[0], copy] + arguments.dropFirst())
        #expect(
          [0, 1, 2].contains(result.status), "\(arguments) \(result.status) \(result.errors)")
      }
    }
  }
}
