import Foundation
import TestSupport
import Testing

/// Expected report of each fixture: Tests/Fixtures/expected.tsv, reviewed line by line before
/// it was committed. A `-` stands for none: no finding, or a finding without a product or
/// version.
@Suite struct ExpectedFindingsTests {
  private struct Row: Hashable {
    let file: String
    let component: String
    let confidence: String
    let product: String
    let version: String

    var text: String { [file, component, confidence, product, version].joined(separator: "  ") }
  }

  private static func expected() throws -> [Row] {
    let path = Fixtures.package + "/Tests/Fixtures/expected.tsv"
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { line in
        let fields = line.split(separator: "\t").map(String.init)
        return Row(
          file: fields[0], component: fields[1], confidence: fields[2], product: fields[3],
          version: fields[4])
      }
  }

  @Test func everyFixtureIsReportedAsExpected() throws {
    let folders = ["positive", "near-miss"].map { Fixtures.folder + "/" + $0 }
    let (_, lines) = try Command.lines(folders[0], folders[1])
    var found = [String: Row]()
    for finding in lines.ofType("finding") {
      let file = String((finding.path ?? "-").dropFirst(Fixtures.folder.count + 1))
      found[file] = Row(
        file: file, component: finding.component ?? "-", confidence: finding.confidence ?? "-",
        product: finding.product ?? "-", version: finding.version ?? "-")
    }
    let files = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
        .map { (folder as NSString).lastPathComponent + "/" + $0 }
    }.filter {
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: Fixtures.folder + "/" + $0, isDirectory: &isDirectory)
      return !isDirectory.boolValue
    }
    let rows = Set(
      files.map {
        found[$0] ?? Row(file: $0, component: "-", confidence: "-", product: "-", version: "-")
      })
    let expected = Set(try Self.expected())
    #expect(rows.subtracting(expected).map(\.text).sorted() == [])
    #expect(expected.subtracting(rows).map(\.text).sorted() == [])
  }

  @Test func allPositivesAreFoundAndWhatIsForgedOnlyClaims() throws {
    let rows = try Self.expected()
    let positives = rows.filter { $0.file.hasPrefix("positive/") }
    #expect(positives.count >= 100)
    #expect(positives.allSatisfy { $0.confidence != "-" })
    for row in rows where row.file.hasPrefix("near-miss/any/") { #expect(row.confidence == "-") }
    for forged in ["forged-by-a-miner.exe", "self-signed.exe"] {
      let row = rows.first { $0.file.hasSuffix(forged) }
      #expect(row?.confidence == "claimed")
    }
  }
}
