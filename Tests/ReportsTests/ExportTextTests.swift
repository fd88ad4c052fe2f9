import Testing

@testable import Reports

@Suite struct ExportTextTests {
  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
    ("a\r\nb", "a\\x0d\\x0ab"), ("plain", "plain"), ("", ""), ("=\"x\"", "\"'=\"\"x\"\"\""),
  ])
  func cellsAreNoFormulasAndQuoted(_ text: String, _ cell: String) {
    #expect(CSVExport.cell(text) == cell)
  }

  @Test(arguments: [
    ("<a & 'b'>", "&lt;a &amp; &#39;b&#39;&gt;"), ("\"\u{301}", "&quot;\u{301}"),
    ("\u{FFFE}x\u{FFFF}", "\u{FFFD}x\u{FFFD}"), ("\u{1}\u{202E}", "\\x01\\xe2\\x80\\xae"),
    ("plain", "plain"),
  ])
  func textIsThatOfXML(_ text: String, _ escaped: String) {
    #expect(XMLText.escaped(text) == escaped)
  }

  @Test func identifiersFollowFromNames() {
    // RFC 9562, appendix A.4: www.example.com in the namespace of DNS.
    let dns: [UInt8] = [
      0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]
    #expect(
      NamedUUID.text(of: "www.example.com", in: dns) == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  }
}
