import Foundation
import TestSupport
import Testing

/// `trawl report --format compliance`.
@Suite struct ComplianceReportTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func report(_ arguments: [String]) throws -> (html: String, markdown: String) {
    let result = try Subprocess.run(
      Command.path, ["report"] + arguments + ["--format", "compliance", "-o", folder.path + "/r"])
    #expect(result.status == 0, "\(result.errors)")
    return (
      try String(contentsOfFile: folder.path + "/r/compliance.html", encoding: .utf8),
      try String(contentsOfFile: folder.path + "/r/compliance.md", encoding: .utf8)
    )
  }

  private func results(_ host: String, _ products: [String], to name: String) throws -> String {
    let summary = ResultLines.summary.replacing("\"host\":\"h\"", with: "\"host\":\"\(host)\"")
      .replacing(
        #"{"name":"/e/disk.dd","kind":"image","size":10}"#,
        with: #"{"name":"/","kind":"directory"}"#)
    return try folder.write((products + [summary, ""]).joined(separator: "\n"), to: name)
  }

  private let product = ResultLines.product
    .replacing(#""volume":{"index":1,"start":512,"length":1024,"type":"ntfs"},"#, with: "")
    .replacing("/e/disk.dd", with: "/")

  @Test func nothingFoundIsSaidAsNone() throws {
    let (html, markdown) = try report([try results("a", [], to: "a.jsonl")])
    #expect(markdown.contains("## 1. Products found\n\nNone."))
    #expect(html.contains("<b>None.</b>"))
    #expect(markdown.contains("| 30 days | 2017-10-13 |"))
    #expect(markdown.contains("| 60 days | 2017-11-12 |"))
    #expect(markdown.contains("| 90 days | 2017-12-12 |"))
    #expect(markdown.contains("does not apply: nothing was found"))
  }

  @Test func datesFollowFromTheGivenStart() throws {
    let file = try results("a", [product], to: "a.jsonl")
    let (_, markdown) = try report([
      file, "--start", "2024-01-31", "--discovered", "2024-02-02", "--organisation", "The | Agency",
    ])
    #expect(markdown.contains("| 30 days | 2024-03-01 |"))
    #expect(markdown.contains("2024-04-30"))
    // Friday: three business days are Wednesday, ten more Wednesday in two weeks.
    #expect(markdown.contains("| 3 business days | 2024-02-07 |"))
    #expect(markdown.contains("| 10 business days | 2024-02-21 |"))
    #expect(markdown.contains("The \\| Agency"))
    #expect(
      try Command.run("report", file, "--format", "compliance", "--start", "31.1.2024").status == 64
    )
  }

  @Test func embeddedComponentsHaveTheirColumn() throws {
    let embedded = product.replacing("\"embedded\":false", with: "\"embedded\":true")
      .replacing("\"product\":\"P\"", with: "\"product\":\"Gateway\"")
    let (html, markdown) = try report([try results("a", [product, embedded], to: "a.jsonl")])
    #expect(
      markdown.contains(
        "| Gateway | 1.2 | 1 | installed | strong | yes, in another vendor's product | BOD 17-01: excluded; FAR 52.204-23: covered |"
      ), "\(markdown)")
    #expect(
      markdown.contains(
        "| P | 1.2 | 1 | installed | strong | no | BOD 17-01: covered; FAR 52.204-23: covered |"))
    #expect(html.contains("<th scope=\"col\">Embedded component</th>"))
    #expect(markdown.contains("- Gateway 1.2, on 1 endpoints"))
  }

  @Test func endpointsAndProgressAreCounted() throws {
    let remnants = product.replacing("\"installed\"", with: "\"remnants\"")
      .replacing(#""components":{"driver":1}"#, with: #""components":{"registry":1}"#)
    for number in 0..<4 {
      _ = try results("ws\(number)", [product], to: "before/\(number).jsonl")
      _ = try results(
        "ws\(number)", number == 0 ? [product] : number == 1 ? [remnants] : [],
        to: "after/\(number).jsonl")
    }
    let (_, markdown) = try report([
      folder.path + "/after", "--earlier", folder.path + "/before",
    ])
    #expect(markdown.contains("| P | 2 | 1 | 1 | ws0, ws1 |"))
    #expect(markdown.contains("| P | 4 | 1, and remnants on 1 |"))
    for line in ["- 2 removed", "- 1 remnants", "- 1 remaining", "- 0 new"] {
      #expect(markdown.contains(line), "\(line)")
    }
    #expect(markdown.contains("trawl 0.1"))
    #expect(markdown.contains("built-in, SHA-256 00"))
  }
}
