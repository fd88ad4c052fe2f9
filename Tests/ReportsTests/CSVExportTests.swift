import Testing

@testable import Reports

/// Cells of CSV reports (RFC 4180), which spreadsheets do not treat as formulas.
@Suite struct CSVExportTests {
  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
    ("a\r\nb", "a\\x0d\\x0ab"), ("plain", "plain"), ("", ""), ("=\"x\"", "\"'=\"\"x\"\"\""),
    ("＝1", "'＝1"), ("=\u{301}1", "'=\u{301}1"), (" =1", " =1"), ("\"", "\"\"\"\""),
  ])
  func cellsAreNoFormulasAndQuoted(_ text: String, _ cell: String) {
    #expect(CSVExport.cell(text) == cell)
  }
}
