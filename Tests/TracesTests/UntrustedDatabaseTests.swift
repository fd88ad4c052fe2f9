import TestSupport
import Testing

@testable import Traces

/// Databases that SQLite wrote, and what a hostile one can and cannot do.
@Suite struct UntrustedDatabaseTests {
  /// The bytes of a database after these statements; python3 has SQLite with it.
  private func database(_ statements: String) throws -> [UInt8] {
    let folder = try TemporaryDirectory()
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])"
    let made = try Subprocess.run("python3", ["-c", script, folder.path + "/db", statements])
    try #require(made.status == 0, "\(made.errors)")
    return [UInt8](try Subprocess.run("cat", [folder.path + "/db"]).output)
  }

  private struct Answer {
    var texts: [String?] = []
    var sizes: [Int] = []
    var errors: [String] = []
    var hasTable = false
  }

  /// The first column of a query, and whether there is a table `t`.
  private func ask(_ bytes: [UInt8], _ query: String, limit: Int = .max) throws -> Answer {
    var answer = Answer()
    var isOpen = false
    bytes.withUnsafeBytes { bytes in
      guard let database = UntrustedDatabase(bytes) else { return }
      isOpen = true
      answer.hasTable = database.hasTable("t", { answer.errors.append($0) })
      database.forEachRow(
        of: query, { answer.errors.append($0) },
        { row in
          answer.texts.append(row.text(0))
          answer.sizes.append(row.blob(0).count)
          return answer.texts.count < limit
        })
    }
    try #require(isOpen)
    return answer
  }

  private static let table =
    "create table t(x); insert into t values ('a'), (null), (''), (7), (x'00FF');"

  @Test func rowsAreTextsOrBytes() throws {
    let answer = try ask(try database(Self.table), "SELECT x FROM t")
    #expect(answer.hasTable && answer.errors.isEmpty)
    #expect(answer.texts.prefix(4) == ["a", nil, nil, "7"])
    #expect(answer.sizes.prefix(3) == [1, 0, 0] && answer.sizes.last == 2)
    #expect(try ask(try database(Self.table), "SELECT x FROM t", limit: 2).texts.count == 2)
  }

  @Test func namesOfColumnsAndNumbersAreRead() throws {
    let bytes = try database("create table t(a, 'b c'); insert into t values (1, -5000000000);")
    var (columns, number) = ([String](), Int64(0))
    bytes.withUnsafeBytes { bytes in
      guard let database = UntrustedDatabase(bytes) else { return }
      database.forEachRow(
        of: "SELECT * FROM t", { _ in },
        { row in
          (columns, number) = (row.columns, row.number(1))
          return true
        })
    }
    #expect(columns == ["a", "b c"] && number == -5_000_000_000)
  }

  @Test func textsAreCut() throws {
    let bytes = try database("create table t(x); insert into t values (printf('%.5000c', 'y'));")
    let answer = try ask(bytes, "SELECT x FROM t")
    #expect(answer.texts.first??.count == 4096 && answer.sizes == [5000])
  }

  @Test(arguments: [
    "create view t as select 1", "create virtual table t using fts4(x)", "create table T2(x)",
    "create table u(x); create index t on u(x)",
  ])
  func whatIsNoOrdinaryTableIsNone(_ schema: String) throws {
    let answer = try ask(try database(schema), "SELECT 1")
    #expect(!answer.hasTable && answer.texts == ["1"])
  }

  @Test func aViewIsNotRead() throws {
    let schema = "create table u(x); insert into u values (1); create view t as select x from u"
    let answer = try ask(try database(schema), "SELECT x FROM t")
    #expect(answer.texts.isEmpty && answer.errors.count == 1)
  }

  @Test func endlessQueriesAreInterrupted() throws {
    let query =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    let answer = try ask(try database(Self.table), query)
    #expect(answer.texts.isEmpty && answer.errors == ["SQLite says: interrupted"])
  }

  @Test func nothingElseIsOpenedOrWritten() throws {
    let folder = try TemporaryDirectory()
    let other = folder.path + "/other"
    for query in ["ATTACH '\(other)' AS o", "DELETE FROM t", "VACUUM INTO '\(other)'"] {
      let answer = try ask(try database(Self.table), query)
      #expect(answer.errors.count == 1 && answer.texts.isEmpty, "\(query)")
    }
    #expect(try Subprocess.run("ls", [folder.path]).lines.isEmpty)
  }

  @Test func noBytesAreNoDatabase() {
    let isOpen = [UInt8]().withUnsafeBytes { bytes in
      guard UntrustedDatabase(bytes) != nil else { return false }
      return true
    }
    #expect(!isOpen)
  }

  @Test(arguments: [1, 19, 100])
  func otherBytesAreNoDatabase(_ count: Int) throws {
    let answer = try ask([UInt8](repeating: 0x41, count: count), "SELECT x FROM t")
    #expect(!answer.hasTable && !answer.errors.isEmpty && answer.texts.isEmpty)
  }

  /// The number of pages is at 28, their size at 16 ("Database File Format", 1.3).
  @Test func aDatabaseThatIsShorterThanItsPagesIsTruncated() throws {
    func isTruncated(_ bytes: [UInt8]) -> Bool {
      bytes.withUnsafeBytes { UntrustedDatabase.isTruncated($0) }
    }
    let whole = try database(Self.table)
    #expect(!isTruncated(whole) && isTruncated(Array(whole.dropLast())))
    var head = [UInt8](zeros: 65_536)
    head.write(big: UInt16(1), at: 16)
    head.write(big: UInt32(1), at: 28)
    #expect(!isTruncated(head), "the size 1 stands for 65,536")
    head.write(big: UInt32(2), at: 28)
    #expect(isTruncated(head))
    head.write(big: UInt32.max, at: 28)
    head.write(big: UInt16(32_768), at: 16)
    #expect(isTruncated(head) && !isTruncated([]))
  }
}
