import Bytes
import Results
import TestSupport
import Testing

/// Lines of files of any form: ends, marks, pieces, and lines that are too long.
@Suite struct LineReaderTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func lines(_ text: String, longest: Int = 1000) throws -> [String] {
    var reader = try LineReader(RawPath(try folder.write(text, to: "lines")), longest: longest)
    var shown = [String]()
    while let line = try reader.next() {
      switch line {
      case .text(let bytes, let number):
        shown.append("\(number) \(String(decoding: bytes, as: UTF8.self))")
      case .tooLong(let number): shown.append("\(number) too long")
      }
    }
    let isAtEnd = if try reader.next() == nil { true } else { false }
    #expect(isAtEnd, "it stays at the end")
    return shown
  }

  @Test func linesEndWithEitherSystemsMark() throws {
    #expect(try lines("a\nb\r\n\nc\rd") == ["1 a", "2 b", "3 ", "4 c\rd"])
    #expect(try lines("a\n") == ["1 a"])
    #expect(try lines("") == [])
    #expect(try lines("\n") == ["1 "])
    #expect(try lines("\r") == ["1 "])
  }

  @Test func aByteOrderMarkBelongsToNoLine() throws {
    #expect(try lines("\u{FEFF}a\n\u{FEFF}b") == ["1 a", "2 \u{FEFF}b"])
    #expect(try lines("\u{FEFF}") == ["1 "])
  }

  @Test func linesAreJoinedAcrossPieces() throws {
    let long = String(repeating: "x", count: 600_000)
    #expect(try lines("a\n\(long)\nb", longest: 600_000) == ["1 a", "2 \(long)", "3 b"])
  }

  @Test func aLineThatIsTooLongIsSkipped() throws {
    let long = String(repeating: "x", count: 900_000)
    #expect(try lines("short\n\(long)\nlast") == ["1 short", "2 too long", "3 last"])
    #expect(try lines("1234\n12345\n1234", longest: 4) == ["1 1234", "2 too long", "3 1234"])
    #expect(try lines("12345", longest: 4) == ["1 too long"])
  }

  @Test func onlyRegularFilesAreRead() throws {
    let pipe = folder.path + "/pipe"
    _ = try Subprocess.run("mkfifo", [pipe])
    for path in [pipe, folder.path, "/nonexistent"] {
      #expect(throws: ResultError.self) { _ = try LineReader(RawPath(path)) }
    }
  }
}
