import Testing

@testable import Reports

/// Text in XML: marks are escaped, and characters that XML forbids are replaced.
@Suite struct XMLTextTests {
  @Test(arguments: [
    ("<a & 'b'>", "&lt;a &amp; &#39;b&#39;&gt;"), ("\"\u{301}", "&quot;\u{301}"),
    ("\u{FFFE}x\u{FFFF}", "\u{FFFD}x\u{FFFD}"), ("\u{1}\u{202E}", "\\x01\\xe2\\x80\\xae"),
    ("plain", "plain"),
  ])
  func textIsThatOfXML(_ text: String, _ escaped: String) {
    #expect(XMLText.escaped(text) == escaped)
  }
}
