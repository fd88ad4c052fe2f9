import Foundation
import TestSupport
import Testing

/// The browser that shows pages in tests.
private enum Browser {
  static let isInstalled =
    (try? Subprocess.run("sh", ["-c", "command -v chromium"]))?.status == 0
}

/// The HTML report in a browser that runs its script.
@Suite(.enabled(if: Browser.isInstalled, "needs chromium"))
struct HTMLReportTests {
  /// The document after its script ran.
  private func document(_ page: String, fragment: String = "") throws -> String {
    let profile = try TemporaryDirectory()
    let result = try Subprocess.run(
      "chromium",
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile.path)",
        "--virtual-time-budget=10000", "--dump-dom", "file://\(page)\(fragment)",
      ])
    return result.text
  }

  @Test func hostileNamesAreTextOfThePage() throws {
    let evidence = try HostileEvidence()
    let output = evidence.folder.path + "/reports"
    let result = try Command.run("report", evidence.results, "--format", "html", "-o", output)
    #expect(result.status == 0)
    // Attributes hold any text between their quotation marks.
    let page = try document(output + "/report.html").replacing(/title="[^"]*"/, with: "")
    #expect(page.contains("data-ready="), "the script did not reach its end")
    let count = HostileEvidence.names.count
    #expect(page.contains("\(count) of \(count) findings"))
    #expect(page.matches(of: /<div role="row" aria-rowindex="\d+"/).count == count)
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(!page.contains("<script>alert") && !page.contains("<img"))
    #expect(page.matches(of: /<\w[^>]* on\w+=/).isEmpty, "an attribute that runs")
  }

  @Test func filteringShowsWhatMatches() throws {
    let folder = try TemporaryDirectory()
    let results = folder.path + "/results.jsonl"
    _ = try Command.run("scan", "--format", "jsonl", "-o", results, ImageFixture.disk)
    _ = try Command.run("report", results, "--format", "html", "-o", folder.path + "/r")
    let page = try document(folder.path + "/r/report.html", fragment: "#filter=klif.sys")
    let total = try OutputRecord.all(
      in: String(contentsOfFile: results, encoding: .utf8).split(separator: "\n").map(String.init)
    ).ofType("finding")
    let matching = total.filter {
      (($0.path ?? "") + ":" + ($0.stream ?? "") + ($0.product ?? "")).lowercased()
        .contains("klif.sys")
    }
    #expect(!matching.isEmpty && matching.count < total.count)
    #expect(page.contains("\(matching.count) of \(total.count) findings"))
    #expect(page.contains("<svg class=\"medium\""))
  }
}
