import Results
import Testing

/// JSON as it is written: one line, ordered keys, and no character that affects a terminal.
@Suite struct JSONTests {
  @Test func valuesAreWrittenInTheirOrder() {
    let json = JSON.object([
      ("b", .array([.integer(-1), .unsigned(.max), .boolean(true), .null])), ("a", nil),
      ("c", .object([])), ("d", .number(1.5)), ("e", .array([])),
    ])
    #expect(
      json.line == #"{"b":[-1,18446744073709551615,true,null],"c":{},"d":1.5,"e":[]}"#)
    #expect(JSON.number(.infinity).line == "null" && JSON.number(.nan).line == "null")
  }

  @Test(arguments: [
    ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("a\n\r\tb", #""a\n\r\tb""#),
    ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#), ("ä🔑", "\"ä🔑\""),
    ("\u{202E}\u{2028}\u{FEFF}", #""\u202e\u2028\ufeff""#), ("", "\"\""),
  ])
  func charactersThatAffectATerminalAreEscaped(_ text: String, _ line: String) throws {
    #expect(JSON.string(text).line == line)
    #expect(JSON.object([(text, .null)]).line == "{\(line):null}")
    guard case .string(let read) = try JSON(parsing: Array(line.utf8)) else {
      Issue.record("no string")
      return
    }
    #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
  }

  /// RFC 4648, section 10.
  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
  func bytesAreBase64(_ text: String, _ encoded: String) {
    #expect(JSON.base64(Array(text.utf8)).line == "\"\(encoded)\"")
  }
}
