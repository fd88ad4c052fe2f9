import Mustache
import Results
import Testing

@testable import Pages

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

  /// The reason for a content type of our own. If this fails, the library escapes scalars, and its
  /// own type will do.
  @Test func theLibrarysOwnTypePassesAQuotationMarkWithAnAccent() throws {
    let template = try MustacheTemplate(string: "<a title=\"{{a}}\">")
    #expect(template.render(["a": "\"\u{301}"]) == "<a title=\"\"\u{301}\">")
    let values = JSON.object([("a", .string("\"\u{301}"))])
    #expect(html("<a title=\"{{a}}\">", values) == "<a title=\"&quot;\u{301}\">")
  }

  /// Content of a name is not a template.
  @Test func namesAreNotTemplates() {
    let values = JSON.object([("a", .string("{{b}}{{{b}}}{{#b}}")), ("b", .string("x"))])
    #expect(html("{{a}}", values) == "{{b}}{{{b}}}{{#b}}")
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
}
