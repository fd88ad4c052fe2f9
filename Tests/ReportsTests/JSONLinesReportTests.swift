import Bytes
import Evidence
import Findings
import Foundation
import Locks
import Reports
import TestSupport
import Testing

final class TextCollector: TextOutput {
  private let kept = Locked("")
  func write(_ text: String) throws { kept.withLock { $0 += text } }
  var text: String { kept.withLock { $0 } }
}

func exampleFinding(path: RawPath = "/d/klif.sys") -> Finding {
  Finding(
    locator: Locator(evidence: "/d", path: path), itemID: "1-2",
    matches: [
      MatchedRule(
        rule: "r", namespace: "default", tags: ["t"],
        strings: [MatchedString(identifier: "$a", offset: 7, length: 2, data: [0xAB, 0])])
    ],
    attribution: Attribution(
      rule: "r", confidence: .strong, vendor: "Kaspersky", product: "P", productVersion: "1",
      version: "2", component: .driver, platform: "windows", reasons: ["because"]),
    size: 3, digest: Digest(of: Array("abc".utf8).span.bytes), inode: "2",
    times: FileTimes(modified: Timestamp(seconds: 0, nanoseconds: 0)))
}

func exampleSummary(_ change: (inout Ledger) -> Void = { _ in }) -> Summary {
  var ledger = Ledger()
  ledger.enter(.matched)
  ledger.enter(.clean)
  change(&ledger)
  return Summary(
    ledger: ledger, findings: [.strong: 1],
    notEntered: [NotEntered(path: "/d/proc", kind: .pseudoFileSystems)], wasInterrupted: false,
    seconds: 1.5,
    custody: Custody(
      tool: "0", libraries: ["libyara": "4.2.3"],
      ruleSets: [RuleSetRecord(name: "built-in", sha256: "00")], commandLine: ["trawl", "scan"],
      host: "h", start: Timestamp(seconds: 0, nanoseconds: 0),
      end: Timestamp(seconds: 1, nanoseconds: 500_000_000),
      evidence: [EvidenceDescription(name: "/d", kind: .directory, size: nil)]))
}

@Suite struct JSONLinesReportTests {
  private func lines(_ records: [Record]) throws -> [OutputRecord] {
    let output = TextCollector()
    let report = JSONLinesReport(output)
    for record in records { try report.receive(record) }
    return try OutputRecord.all(in: output.text.split(separator: "\n").map(String.init))
  }

  @Test func aFindingHasTheDocumentedKeys() throws {
    let output = TextCollector()
    try JSONLinesReport(output).receive(.finding(exampleFinding()))
    #expect(
      output.text == """
        {"schema":1,"type":"finding","rule":"r","confidence":"strong","vendor":"Kaspersky",\
        "product":"P","product_version":"1","version":"2","component":"driver",\
        "platform":"windows","embedded":false,"reasons":["because"],"evidence":"/d",\
        "path":"/d/klif.sys","item_id":"1-2","inode":"2","size":3,\
        "md5":"900150983cd24fb0d6963f7d28e17f72",\
        "sha1":"a9993e364706816aba3e25717850c26c9cd0d89d",\
        "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",\
        "modified":"1970-01-01T00:00:00Z","matches":[{"rule":"r","namespace":"default",\
        "tags":["t"],"strings":[{"identifier":"$a","offset":7,"length":2,"data":"ab00"}]}]}

        """)
  }

  @Test func codeSignaturesHaveTheDocumentedKeys() throws {
    var finding = exampleFinding()
    let time = Timestamp(seconds: 0, nanoseconds: 0)
    finding.attribution.codeSignatures = [
      CodeSignature(
        depth: 1, digestAlgorithm: "sha256", digest: .valid, isSignatureValid: true,
        signer: SigningCertificate(
          commonName: "N", organization: "O", issuer: "CN=I", serial: [0x92, 0x71], sha1: [1],
          sha256: [2], validFrom: time, validUntil: time),
        programName: "P", timestamp: SigningTime(kind: .rfc3161, check: .invalid, time: time),
        chain: [[2], [3]],
        isChainComplete: true),
      CodeSignature(
        digestAlgorithm: nil, digest: .unsupported, isSignatureValid: false, signer: nil),
    ]
    let output = TextCollector()
    try JSONLinesReport(output).receive(.finding(finding))
    #expect(
      output.text.contains(
        """
        "code_signatures":[{"depth":1,"digest":"valid","digest_algorithm":"sha256",\
        "signature_valid":true,"program_name":"P","signer":"N","organization":"O",\
        "issuer":"CN=I","serial":"9271","sha1":"01","sha256":"02",\
        "valid_from":"1970-01-01T00:00:00Z","valid_until":"1970-01-01T00:00:00Z",\
        "chain":["02","03"],"chain_complete":true,"timestamp":"rfc3161",\
        "timestamp_check":"invalid",\
        "timestamp_time":"1970-01-01T00:00:00Z"},{"depth":0,"digest":"unsupported",\
        "signature_valid":false,"chain":[],"chain_complete":false}]
        """))
  }

  @Test func aNameThatIsNotUTF8IsKeptInBase64() throws {
    let bytes: [UInt8] = [0x2F, 0x64, 0x2F, 0xFF, 0x0A, 0x61]
    let line = try lines([.finding(exampleFinding(path: RawPath(bytes)))])[0]
    let text = try #require(line.pathBase64)
    #expect(Data(base64Encoded: text) == Data(bytes))
    #expect(line.path == "/d/\\xff\\x0aa")
  }

  @Test func aNameWithALineBreakStaysOnItsLine() throws {
    let line = try lines([.finding(exampleFinding(path: "/d/a\nb\u{2028}\u{7F}\"\\"))])[0]
    #expect(line.path == "/d/a\nb\u{2028}\u{7F}\"\\")
    #expect(line.pathBase64 == nil)
  }

  @Test func anImageLocatorHasVolumeStreamStateAndRuns() throws {
    var finding = exampleFinding()
    finding.locator.volume = Volume(index: 1, start: 512, length: 1024, type: "NTFS")
    finding.locator.stream = "ads"
    finding.locator.state = .deleted
    finding.locator.runs = [Run(offset: 4096, length: 3)]
    let line = try lines([.finding(finding)])[0]
    #expect(line.stream == "ads")
    #expect(line.state == "deleted")
    #expect(line.offset == 4096)
    #expect(line.runs == [[4096, 3]])
    #expect(line.volume?.type == "NTFS")
  }

  @Test func aProblemSaysItsOutcomeReasonAndMessage() throws {
    let line = try lines([
      .problem(
        Problem(
          locator: Locator(evidence: "/d", path: "/d/p"), cause: ItemProblem(.pipe, "a pipe")))
    ])[0]
    #expect(line.type == "problem")
    #expect(line.outcome == "skipped")
    #expect(line.reason == "pipe")
    #expect(line.message == "a pipe")
  }

  @Test func theSummaryAddsUpAndNamesWhatScanned() throws {
    let line = try lines([.summary(exampleSummary { $0.enter(.notScanned(.unreadable)) })])[0]
    let items = try #require(line.items)
    #expect(items == ["seen": 3, "matched": 1, "clean": 1, "skipped": 0, "failed": 1])
    #expect(line.complete == false)
    #expect(line.failed == ["unreadable": 1])
    let custody = try #require(line.custody)
    #expect(custody.libraries == ["libyara": "4.2.3"])
    #expect(custody.start == "1970-01-01T00:00:00Z")
    #expect(custody.end == "1970-01-01T00:00:01.500000000Z")
  }

  @Test func aProductWithOneVersionStatesIt() throws {
    var product = Product(
      product: "P", vendor: "V", edition: nil, versions: ["1"], evidence: "/e", installation: "/d",
      components: [.driver: 2], confidence: .strong, itemIDs: ["1-2"],
      state: .active, first: Timestamp(seconds: 0, nanoseconds: 0))
    #expect(try lines([.product(product)])[0].version == "1")
    product.versions = ["1", "2"]
    let line = try lines([.product(product)])[0]
    #expect(line.version == nil)
    #expect(line.versions == ["1", "2"])
    #expect(line.components == ["driver": 2])
    #expect(line.state == "active")
    #expect(line.firstTime == "1970-01-01T00:00:00Z")
    #expect(line.lastTime == nil)
  }

  @Test func anotherFileOfAProductIsALineOfContext() throws {
    let file = OtherFile(locator: Locator(evidence: "/e", path: "/e/P/ssl.dll"), product: "P")
    let line = try lines([.context(file)])[0]
    #expect(line.type == "context")
    #expect(line.path == "/e/P/ssl.dll")
    #expect(line.product == "P")
  }
}
