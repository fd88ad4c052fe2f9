import Results
import Testing

@testable import Reports

@Suite struct PageTemplateTests {
  private func html(_ template: String, _ values: JSON) -> String {
    PageTemplate(template, .html).render(values)
  }

  @Test func valuesAreEscapedScalarByScalar() {
    let values = JSON.object([("a", .string("<\u{301}b>&\"\u{301}'\n\u{202E}"))])
    #expect(
      html("{{a}}", values) == "&lt;\u{301}b&gt;&amp;&quot;\u{301}&#39;\\x0a\\xe2\\x80\\xae")
    #expect(html("{{{a}}}", .object([("a", .string("<b>"))])) == "<b>")
  }

  @Test func sectionsRepeatEnterAndInvert() {
    let values = JSON.object([
      ("list", .array([.string("x"), .object([("a", .integer(2))])])), ("none", .array([])),
      ("yes", .boolean(true)), ("no", .boolean(false)), ("a", .integer(1)),
      ("empty", .string("")),
    ])
    #expect(html("{{#list}}[{{.}}{{a}}]{{/list}}", values) == "[x1][2]")
    #expect(html("{{#none}}x{{/none}}{{^none}}y{{/none}}", values) == "y")
    #expect(html("{{#yes}}x{{/yes}}{{#no}}y{{/no}}{{^no}}z{{/no}}", values) == "xz")
    #expect(html("{{^empty}}x{{/empty}}{{^missing}}y{{/missing}}", values) == "xy")
  }

  @Test func tagsAloneOnTheirLineLeaveNoLine() {
    let values = JSON.object([("list", .array([.integer(1), .integer(2)]))])
    #expect(html("a\n{{#list}}\n{{.}}\n{{/list}}\nb\n", values) == "a\n1\n2\nb\n")
    #expect(html("|{{#list}} {{.}} |{{/list}}\nb\n", values) == "| 1 | 2 |\nb\n")
  }

  @Test(arguments: [
    ("a|b", "a\\|b"), ("[x](y)", "\\[x\\]\\(y)"), ("<b>", "&lt;b&gt;"), ("`x`", "\\`x\\`"),
    ("**x**", "\\*\\*x\\*\\*"), ("https://x", "https\\://x"), ("a-b (c)", "a-b (c)"),
    ("# x", "\\# x"),
    ("12.1.0-1508", "12.1.0-1508"), ("a\nb", "a\\\\x0ab"),
  ])
  func markdownHasNoMarkup(_ text: String, _ escaped: String) {
    #expect(MarkdownText.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
    ("a\r\nb", "a\\x0d\\x0ab"), ("plain", "plain"), ("", ""), ("=\"x\"", "\"'=\"\"x\"\"\""),
  ])
  func cellsAreNoFormulasAndQuoted(_ text: String, _ cell: String) {
    #expect(CSVExport.cell(text) == cell)
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
