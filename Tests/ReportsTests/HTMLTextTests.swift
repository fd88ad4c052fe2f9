import Results
import Testing

@testable import Reports

/// Text and data in HTML: nothing in them ends an element or an attribute.
@Suite struct HTMLTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""),
    ("<b a='1' c=\"2\">&", "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;"),
    ("<\u{338}", "&lt;\u{338}"), ("\u{202E}<", "\\xe2\\x80\\xae&lt;"), ("&amp;", "&amp;amp;"),
  ])
  func marksAreEscaped(_ text: String, _ escaped: String) {
    #expect(HTMLText.escaped(text) == escaped)
  }

  @Test func dataCannotEndItsElement() throws {
    let text = "</script><!--&<\u{338}"
    let data = HTMLText.data(.object([("k", .string(text))]))
    #expect(!data.unicodeScalars.contains { "<>&".unicodeScalars.contains($0) })
    guard case .string(let read)? = try JSON(parsing: Array(data.utf8))["k"] else {
      Issue.record("\(data)")
      return
    }
    #expect(read == text)
  }
}
