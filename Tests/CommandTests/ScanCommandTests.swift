import Foundation
import TestSupport
import Testing

@Suite struct ScanCommandTests {
  /// A tree like a disk: fixtures in the products' folders, and innocent files.
  private func plantedTree() throws -> (tree: TemporaryDirectory, planted: [String: String]) {
    let tree = try TemporaryDirectory()
    let places = [
      "kaspersky_windows_driver_klif": "Windows/System32/drivers/klif.sys",
      "kaspersky_windows_application_avpui": "Program Files/Kaspersky Lab/avpui.exe",
      "kaspersky_windows_library_version_resource": "Program Files/Kaspersky Lab/kllibpq.dll",
    ]
    var planted = [String: String]()
    for (rule, place) in places {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.positive(rule)))
      planted[tree.path + "/" + place] = rule
      try tree.write([UInt8](bytes), to: place)
    }
    for (index, fixture) in Fixtures.files("near-miss").enumerated() where fixture.folder == "any" {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.file))
      try tree.write([UInt8](bytes), to: "innocent/\(index)")
    }
    return (tree, planted)
  }

  @Test func plantedFixturesAreReportedOnceWithWhatIsKnown() throws {
    let (tree, planted) = try plantedTree()
    let (status, lines) = try Command.lines(tree.path)
    #expect(status == 1)
    let findings = lines.ofType("finding")
    #expect(
      findings.compactMap(\.path).sorted() == planted.keys.sorted())
    for finding in findings {
      let path = try #require(finding.path)
      let sum = try Subprocess.run("sha256sum", [path])
      #expect(finding.sha256 == sum.text.split(separator: " ").first.map(String.init))
      let rules = (finding.matches ?? []).compactMap {
        $0.rule
      }
      #expect(rules.contains(planted[path] ?? ""))
      #expect(finding.vendor == "Kaspersky")
      #expect(finding.component != nil)
      #expect(finding.confidence != nil)
    }
    let library = try #require(
      findings.first { $0.path?.hasSuffix("kllibpq.dll") == true })
    #expect(library.product == "Kaspersky Security Center")
    #expect(library.version == "15.0.0.16436")
    #expect(library.component == "library")
    #expect(library.confidence == "claimed")
    #expect(lines.ofType("product").count >= 2)
    #expect(lines.last?.type == "summary")
    #expect(lines.last?.complete == true)
  }

  @Test func aTrustAnchorConfirmsWhatItsAuthorityCertified() throws {
    let file = Fixtures.folder + "/signed/authority/kaspersky-last.sys"
    let anchor = Fixtures.folder + "/authority.pem"
    let finding = try #require(
      try Command.lines("--trust-anchor", anchor, file).lines.ofType("finding").first)
    #expect(finding.confidence == "confirmed")
    let signatures = try #require(finding.codeSignatures)
    #expect(signatures.count == 4)
    #expect(signatures.allSatisfy { $0.digest == "valid" })
    #expect(signatures.allSatisfy { $0.signatureValid == true })
    #expect(signatures.first?.programName == "Kaspersky Lab Switzerland GmbH")

    let unproven = try #require(try Command.lines(file).lines.ofType("finding").first)
    #expect(unproven.confidence == "claimed")
  }

  @Test func aTrustAnchorThatIsNoCertificateExitsWithTwo() throws {
    let tree = try TemporaryDirectory()
    let anchor = try tree.write("no certificate", to: "anchor.pem")
    for path in [anchor, tree.path + "/missing.pem"] {
      let result = try Command.run("scan", "--trust-anchor", path, tree.path)
      #expect(result.status == 2)
      #expect(result.errors.contains("trust anchor \(path)"))
    }
  }

  @Test func aCleanTreeExitsWithZero() throws {
    let tree = try TemporaryDirectory()
    try tree.write("Kaspersky, the bare word", to: "notes.txt")
    let (status, lines) = try Command.lines(tree.path)
    #expect(status == 0)
    #expect(lines.count == 1)
    let items = lines[0].items
    #expect(items == ["seen": 1, "matched": 0, "clean": 1, "skipped": 0, "failed": 0])
  }

  @Test func namesThatAreNotUTF8SurviveARoundTrip() throws {
    let tree = try TemporaryDirectory()
    let fixture = try Data(
      contentsOf: URL(fileURLWithPath: Fixtures.positive("kaspersky_windows_driver_klif")))
    let name: [UInt8] = Array(tree.path.utf8) + Array("/\u{1B}\n".utf8) + [0xFF, 0xC0, 0x80]
    let descriptor = (name + [0]).withUnsafeBytes {
      open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o600)
    }
    #expect(descriptor >= 0)
    fixture.withUnsafeBytes { #expect(write(descriptor, $0.baseAddress!, $0.count) == $0.count) }
    close(descriptor)
    let (status, lines) = try Command.lines(tree.path)
    #expect(status == 1)
    let base64 = try #require(lines.ofType("finding").first?.pathBase64)
    #expect(Data(base64Encoded: base64) == Data(name))
    // Used as a target again, the same bytes name the same file.
    let again = try Subprocess.run(
      "sh",
      [
        "-c", "exec \"$0\" scan --format jsonl \"$(printf %s \"$1\" | base64 -d)\"", Command.path,
        base64,
      ])
    #expect(again.status == 1)
    #expect(again.text.contains(base64))
  }

  @Test func weakFindingsAreShownButDoNotAffectTheExitStatus() throws {
    let fixture = Fixtures.positive("kaspersky_windows_trace_task")
    let result = try Command.lines(fixture)
    #expect(result.status == 0)
    #expect(result.lines.ofType("finding").first?.confidence == "weak")
    #expect(result.lines.ofType("product").isEmpty)
    #expect(try Command.lines("--min-confidence", "weak", fixture).status == 1)
  }

  @Test func findingsBelowTheLeastConfidenceDoNotAffectTheExitStatus() throws {
    let claimed = Fixtures.positive("kaspersky_windows_library_version_resource")
    #expect(try Command.lines(claimed).status == 1)
    #expect(try Command.lines("--min-confidence", "strong", claimed).status == 0)
  }

  @Test func anIncompleteScanWithoutFindingExitsWithThree() throws {
    let tree = try TemporaryDirectory()
    #expect(mkfifo(tree.path + "/pipe", 0o600) == 0)
    let result = try Command.run("scan", tree.path)
    #expect(result.status == 3)
    #expect(result.errors.contains("skipped: \(tree.path)/pipe: named pipe"))
    #expect(result.text.contains("INCOMPLETE"))
  }

  @Test func aFindingWinsOverAnIncompleteScan() throws {
    let (tree, _) = try plantedTree()
    #expect(mkfifo(tree.path + "/pipe", 0o600) == 0)
    let (status, lines) = try Command.lines(tree.path)
    #expect(status == 1)
    #expect(lines.last?.complete == false)
  }

  @Test func aMissingTargetExitsWithTwoAndTheRestIsScanned() throws {
    let tree = try TemporaryDirectory()
    try tree.write("hay", to: "file")
    let result = try Command.run("scan", tree.path + "/gone", tree.path)
    #expect(result.status == 2)
    #expect(result.errors.contains("does not exist"))
    #expect(result.text.contains("1 clean"))
  }

  @Test(arguments: [
    ["scan"], ["scan", "--format", "xml", "/"], ["nonsense"], ["scan", "--jobs", "0", "/"],
  ])
  func wrongUsageExitsWith64(_ arguments: [String]) throws {
    #expect(try Subprocess.run(Command.path, arguments).status == 64)
  }

  @Test func devicesAndSocketsAreNeverClean() throws {
    let (status, lines) = try Command.lines("/dev/null")
    #expect(status == 3)
    #expect(lines.ofType("problem").map(\.reason) == ["device"])
    #expect(lines.last?.items?["clean"] == 0)
  }

  @Test func pseudoFileSystemsAreNotEntered() throws {
    let (status, lines) = try Command.lines("/proc")
    #expect(status == 3)
    #expect(lines.ofType("problem").map(\.reason) == ["pseudo_file_system"])
  }

  @Test func maximumSizeSkipsAndLists() throws {
    let tree = try TemporaryDirectory()
    try tree.write(Array(repeating: 1, count: 2048), to: "large")
    let (status, lines) = try Command.lines("--max-size", "1k", tree.path)
    #expect(status == 3)
    #expect(lines.ofType("problem").map(\.reason) == ["too_large"])
  }

  @Test func excludedFilesAreIgnoredNotSkipped() throws {
    let (tree, planted) = try plantedTree()
    let (status, lines) = try Command.lines("--exclude", "*.sys", "--exclude", "*.exe", tree.path)
    #expect(status == 1)
    #expect(lines.ofType("finding").count == planted.count - 2)
    #expect(lines.last?.ignored?["excluded"] == 2)
    #expect(lines.last?.complete == true)
  }

  @Test func includedFilesAreTheOnlyOnes() throws {
    let (tree, _) = try plantedTree()
    let (_, lines) = try Command.lines("--include", "*.sys", tree.path)
    #expect(lines.last?.items?["seen"] == 1)
  }

  @Test func aLoopOfLinksEnds() throws {
    let tree = try TemporaryDirectory()
    try tree.write("hay", to: "a/file")
    try FileManager.default.createSymbolicLink(
      atPath: tree.path + "/a/up", withDestinationPath: "..")
    let (status, lines) = try Command.lines(tree.path)
    #expect(status == 0)
    #expect(lines.last?.ignored?["symbolic_links"] == 1)
    let (followed, linesFollowed) = try Command.lines("--follow-symlinks", tree.path)
    #expect(followed == 0)
    #expect(linesFollowed.last?.items?["seen"] == 1)
  }
}
