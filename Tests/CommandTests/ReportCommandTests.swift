import Foundation
import TestSupport
import Testing

/// `trawl report` on results of real scans, each format checked by its validator.
@Suite struct ReportCommandTests {
  /// Reports of the disk image, of hostile names, and of an incomplete scan.
  private static let folders: [String: (folder: TemporaryDirectory, reports: String)] = {
    do {
      var folders = [String: (folder: TemporaryDirectory, reports: String)]()
      let hostile = try HostileEvidence()
      folders["hostile"] = (hostile.folder, try report(hostile.results, hostile.folder))
      let image = try TemporaryDirectory()
      let results = image.path + "/results.jsonl"
      _ = try Command.run("scan", "--format", "jsonl", "--verify", "-o", results, ImageFixture.disk)
      folders["image"] = (image, try report(results, image))
      let artifacts = try TemporaryDirectory()
      let lines = artifacts.path + "/results.jsonl"
      _ = try Command.run(
        "scan", "--format", "jsonl", "-o", lines, TraceFixture.folder + "/installed", "/dev/null")
      let text = try String(contentsOfFile: lines, encoding: .utf8)
      try (text + "not a line of results\n").write(
        toFile: lines, atomically: true, encoding: .utf8)
      folders["artifacts"] = (artifacts, try report(lines, artifacts))
      return folders
    } catch {
      fatalError("\(error)")
    }
  }()

  private static let formats = [
    "csv", "jsonl", "sarif", "dfxml", "stix", "case", "bodyfile", "timesketch",
  ]

  private static func report(_ results: String, _ folder: TemporaryDirectory) throws -> String {
    let output = folder.path + "/reports"
    let result = try Subprocess.run(
      Command.path,
      ["report", results, "-o", output, "--format", "html", "compliance"] + formats)
    guard result.status == 0 else { fatalError(result.errors) }
    return output
  }

  private func text(_ evidence: String, _ name: String) throws -> String {
    try String(contentsOfFile: Self.folders[evidence]!.reports + "/" + name, encoding: .utf8)
  }

  @Test(arguments: ["hostile", "image", "artifacts"])
  func plainFormatsAreValid(_ evidence: String) throws {
    for format in ["csv", "jsonl", "timesketch"] {
      let result = try Validators.validate(format, in: Self.folders[evidence]!.reports)
      #expect(
        result.status == 0 && result.text.hasPrefix("valid"), "\(result.text)\(result.errors)")
    }
  }

  @Test(.enabled(if: Validators.formats.contains("sarif"), "needs jsonschema of PyPI"))
  func sarifIsValid() throws { try expectValid("sarif") }

  @Test(.enabled(if: Validators.formats.contains("dfxml"), "needs xmllint"))
  func dfxmlIsValid() throws { try expectValid("dfxml") }

  @Test(.enabled(if: Validators.formats.contains("stix"), "needs stix2-validator of PyPI"))
  func stixIsValid() throws { try expectValid("stix") }

  @Test(.enabled(if: Validators.formats.contains("case"), "needs case-utils of PyPI"))
  func caseIsValid() throws { try expectValid("case") }

  @Test(.enabled(if: Validators.formats.contains("bodyfile"), "needs mactime"))
  func bodyfileIsRead() throws { try expectValid("bodyfile") }

  private func expectValid(_ format: String) throws {
    for (evidence, folder) in Self.folders {
      let result = try Validators.validate(format, in: folder.reports)
      #expect(
        result.status == 0 && result.text.hasPrefix("valid"),
        "\(evidence): \(result.text)\(result.errors)")
    }
  }

  /// Each format has every finding of the scan.
  @Test(arguments: ["hostile", "image", "artifacts"])
  func everyFindingIsInEveryFormat(_ evidence: String) throws {
    let lines = try OutputRecord.all(
      in: try text(evidence, "../results.jsonl").split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix("{") })
    let findings = lines.ofType("finding")
    #expect(!findings.isEmpty)
    #expect(try text(evidence, "findings.csv").count(of: "\r\n") == findings.count + 1)
    #expect(try text(evidence, "results.sarif").count(of: "\"ruleId\"") == findings.count)
    #expect(try text(evidence, "findings.dfxml").count(of: "<fileobject>") == findings.count)
    #expect(
      try text(evidence, "results.case.jsonld").count(of: "uco-observable:FileFacet\"")
        == findings.count)
    #expect(try text(evidence, "findings.body").count(of: "\n") == findings.count)
    for digest in Set(findings.compactMap(\.sha256)) {
      for name in [
        "findings.csv", "results.sarif", "findings.dfxml", "results.stix.json",
        "results.case.jsonld", "timesketch.jsonl", "report.html",
      ] {
        // Artifacts may have no time, and then no event.
        if name == "timesketch.jsonl", evidence == "image" { continue }
        #expect(try text(evidence, name).contains(digest), "\(name): \(digest)")
      }
    }
  }

  /// The same records, written again, are the same lines.
  @Test func jsonLinesAreWrittenAsTheyWereRead() throws {
    #expect(try text("image", "results.jsonl") == text("image", "../results.jsonl"))
    #expect(try text("hostile", "results.jsonl") == text("hostile", "../results.jsonl"))
  }

  @Test func namesKeepTheirBytesWhereAFormatCan() throws {
    let lines = try OutputRecord.all(
      in: try text("hostile", "results.jsonl").split(separator: "\n").map(String.init))
    let names = lines.ofType("finding").map { record -> [UInt8] in
      let path = record.pathBase64.flatMap { Data(base64Encoded: $0) } ?? Data(record.path!.utf8)
      return Array(path.split(separator: UInt8(ascii: "/")).last!)
    }
    #expect(Set(names) == Set(HostileEvidence.names))
    #expect(try text("hostile", "results.sarif").contains("x%FF%FE%80%C3%28"))
  }

  @Test(arguments: [
    "report.html", "compliance.html", "compliance.md", "findings.csv", "products.csv",
    "problems.csv", "results.jsonl", "results.sarif", "findings.dfxml", "results.stix.json",
    "results.case.jsonld", "findings.body", "timesketch.jsonl",
  ])
  func noNameControlsWhatShowsIt(_ name: String) throws {
    let text = try text("hostile", name)
    #expect(HostileEvidence.harmful(text.replacing("\t", with: "")) == [])
    // A quotation mark that JSON has escaped ends nothing.
    let markup = text.replacing("\\\"\u{301} onmouseover", with: "")
    for attack in ["<script>alert", "<img", "\"\u{301} onmouseover", "onerror=alert(2)>"] {
      // JSON and CSV are not markup; in pages and XML no name may begin a tag.
      if name.hasSuffix(".html") || name.hasSuffix(".md") || name.hasSuffix(".dfxml") {
        #expect(!markup.contains(attack), "\(name): \(attack)")
      }
    }
  }

  @Test func thePageHasOnlyItsOwnScriptAndNoAddress() throws {
    for name in ["report.html", "compliance.html"] {
      let page = try text("hostile", name)
      #expect(page.contains("default-src 'none'"))
      #expect(page.count(of: "<script>") == (name == "report.html" ? 1 : 0))
      #expect(page.count(of: "<script") == page.count(of: "</script>"))
      #expect(page.matches(of: /(src|href)="(?!#)/).isEmpty)
      #expect(!page.contains("url(") && !page.contains("@import"))
    }
  }

  @Test(arguments: [
    ["--format", "csv,jsonl", "RESULTS"], ["--format", "csv", "jsonl", "RESULTS"],
    ["RESULTS", "--format", "csv", "--format", "jsonl"], ["--format=csv,jsonl", "RESULTS"],
    ["-f", "csv", "RESULTS", "-f", "jsonl"],
  ])
  func formatsAndResultsAreNamedInAnyOrder(_ order: [String]) throws {
    let image = Self.folders["image"]!.folder.path
    let folder = try TemporaryDirectory()
    let arguments = order.map { $0 == "RESULTS" ? image + "/results.jsonl" : $0 }
    let result = try Subprocess.run(
      Command.path, ["report"] + arguments + ["-o", folder.path + "/r"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/r").sorted() == [
        "endpoints.csv", "findings.csv", "problems.csv", "products.csv", "results.jsonl",
      ])
  }

  @Test func aFormatThatDoesNotExistIsSaid() throws {
    let results = Self.folders["image"]!.folder.path + "/results.jsonl"
    for format in ["htlm", "csv,htlm", "csv html"] {
      let result = try Command.run("report", results, "--format", format)
      #expect(result.status == 64)
      #expect(result.errors.contains("\(format) is neither a format (html, "))
    }
  }

  /// No report reads a case while it is being read: SQLite's queue does not allow that.
  @Test func aCaseGivesTheReportsOfItsLines() throws {
    let folder = try TemporaryDirectory()
    let names = ["case": folder.path + "/disk.case", "lines": folder.path + "/disk.json"]
    _ = try Command.run(
      "scan", "--quiet", "--case", names["case"]!, "--format", "jsonl", "-o", names["lines"]!,
      ImageFixture.disk)
    for (name, path) in names {
      let result = try Subprocess.run(
        Command.path,
        ["report", path, "-o", folder.path + "/" + name, "--format", "html", "compliance"]
          + Self.formats)
      #expect(result.status == 0, "\(result.errors)")
    }
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/lines") {
      let texts = try names.keys.map { name in
        try String(contentsOfFile: folder.path + "/\(name)/\(file)", encoding: .utf8)
          .replacing("disk.json", with: "disk.case")
      }
      // Identifiers in these formats follow from the file that a scan was read from.
      let hasIdentifiers = file.contains(".stix.") || file.contains(".case.")
      #expect(
        hasIdentifiers ? texts[0].utf8.count == texts[1].utf8.count : texts[0] == texts[1],
        "\(file)")
    }
  }

  @Test func badInputIsSaidAndCounted() throws {
    #expect(try text("artifacts", "problems.csv").contains("result_line"))
    #expect(try text("artifacts", "report.html").contains("NOT everything was scanned"))
    #expect(try text("artifacts", "results.sarif").contains("\"executionSuccessful\":false"))
    let folder = try TemporaryDirectory()
    let absent = try Command.run("report", folder.path + "/none", "--format", "csv")
    #expect(absent.status == 2 && absent.errors.contains("No such file"))
    let empty = try folder.write("", to: "empty.jsonl")
    let result = try Command.run("report", empty, "--format", "jsonl")
    #expect(result.status == 0 && result.errors.contains("cut off"))
    #expect(try Command.run("report", empty).status == 64)
    #expect(try Command.run("report", "--format", "csv").status == 64)
    #expect(try Command.run("report", empty, "--format", "csv", "sarif").status == 64)
  }
}

extension String {
  fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
