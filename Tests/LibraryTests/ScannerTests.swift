import Bytes
import CTrawl
import Foundation
import Locks
import TestSupport
import Testing

/// Scanners: one item after another, on the calling thread.
@Suite struct ScannerTests {
  private func outcome(
    _ scanner: OpaquePointer,
    _ scan: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<OpaquePointer?>) ->
      trawl_status
  ) throws -> Int {
    var result: OpaquePointer?
    try Host.call { scan(&result, $0) }
    defer { trawl_result_free(result) }
    return Int(trawl_result_outcome(result))
  }

  private func scanned(_ text: String, by scanner: OpaquePointer) throws -> Int {
    try outcome(scanner) {
      trawl_scanner_scan_memory(scanner, "text", text, text.utf8.count, $0, $1)
    }
  }

  @Test func aFindingHasItsPlacesAndItsDigests() throws {
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    var result: OpaquePointer?
    try Host.call { trawl_scanner_scan_memory(scanner, "text", "a needle", 8, &result, $0) }
    defer { trawl_result_free(result) }
    #expect(trawl_result_outcome(result) == TRAWL_MATCHED)
    #expect(trawl_result_record_count(result) == 1)
    let record = trawl_result_record(result, 0)
    #expect(trawl_result_record(result, 1) == nil)
    #expect(trawl_record_type(record) == TRAWL_FINDING)
    #expect(trawl_record_problem(record) == nil)
    let finding = try #require(trawl_record_finding(record)).pointee
    #expect(String(cString: finding.rule.data) == "needle")
    #expect(String(cString: finding.locator.path.data) == "text")
    #expect(finding.locator.stream.data == nil)
    #expect(finding.size == 8 && finding.match_count == 1 && finding.has_digests == 1)
    let match = finding.matches.pointee
    #expect(match.tag_count == 1 && String(cString: match.tags.pointee.data) == "tag")
    #expect(match.strings.pointee.offset == 2 && match.strings.pointee.length == 6)
    #expect(match.strings.pointee.data_size == 6 && match.strings.pointee.data[0] == 0x6E)
    let folder = try TemporaryDirectory()
    let sum = try Subprocess.run("sha256sum", [folder.write("a needle", to: "text")])
    let digits = withUnsafeBytes(of: finding.sha256) { Hexadecimal.text(of: $0) }
    #expect(sum.text.hasPrefix(digits + " "), "\(digits)")
    let json = String(cString: trawl_record_json(record, nil))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["rule"] as? String == "needle" && object["type"] as? String == "finding")
  }

  @Test func whatAScannerScannedIsInItsLedger() throws {
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    #expect(try scanned("a needle", by: scanner) == TRAWL_MATCHED)
    #expect(try scanned("hay", by: scanner) == TRAWL_CLEAN)
    #expect(try scanned("", by: scanner) == TRAWL_CLEAN)
    var ledger = trawl_ledger()
    try Host.call {
      trawl_scanner_ledger(scanner, &ledger, MemoryLayout<trawl_ledger>.size, $0)
    }
    #expect(ledger.seen == 3 && ledger.matched == 1 && ledger.clean == 2)
    #expect(ledger.bytes_present == 11 && ledger.scanned_by_libyara == 1)
  }

  @Test func filesAndDescriptorsAreScanned() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("a needle", to: "file")
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    #expect(
      try outcome(scanner) { trawl_scanner_scan_file(scanner, file, $0, $1) } == TRAWL_MATCHED)
    #expect(
      try outcome(scanner) { trawl_scanner_scan_file(scanner, folder.path, $0, $1) }
        == TRAWL_SKIPPED)
    #expect(
      try outcome(scanner) { trawl_scanner_scan_file(scanner, file + "x", $0, $1) }
        == TRAWL_FAILED)
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    lseek(descriptor, 3, SEEK_SET)
    #expect(
      try outcome(scanner) { trawl_scanner_scan_descriptor(scanner, "d", descriptor, $0, $1) }
        == TRAWL_MATCHED)
    #expect(lseek(descriptor, 0, SEEK_CUR) == 3)
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    defer { for end in ends { close(end) } }
    #expect(
      try outcome(scanner) { trawl_scanner_scan_descriptor(scanner, "p", ends[0], $0, $1) }
        == TRAWL_SKIPPED)
  }

  @Test func anItemAboveTheLimitIsSkippedWithItsReason() throws {
    var options = Host.options
    options.maximum_size = 4
    let scanner = try Host.scanner(Host.needles(), options)
    defer { trawl_scanner_free(scanner) }
    var result: OpaquePointer?
    try Host.call { trawl_scanner_scan_memory(scanner, "text", "a needle", 8, &result, $0) }
    defer { trawl_result_free(result) }
    #expect(trawl_result_outcome(result) == TRAWL_SKIPPED)
    let problem = try #require(trawl_record_problem(trawl_result_record(result, 0))).pointee
    #expect(String(cString: problem.reason.data) == "too_large")
    #expect(problem.outcome == TRAWL_SKIPPED)
  }

  @Test func aCancelledScannerCallsNothingClean() throws {
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    trawl_scanner_cancel(scanner)
    #expect(try scanned("hay", by: scanner) == TRAWL_FAILED)
  }

  @Test func twoEnginesDoNotInterfere() throws {
    let first = try Host.scanner(Host.needles())
    let second = try Host.scanner(
      Host.engine(#"rule hay { strings: $a = "hay" condition: $a }"#))
    defer { for scanner in [first, second] { trawl_scanner_free(scanner) } }
    let third = try Host.scanner(Host.needles())
    trawl_scanner_cancel(third)
    trawl_scanner_free(third)
    for _ in 0..<3 {
      #expect(try scanned("a needle", by: first) == TRAWL_MATCHED)
      #expect(try scanned("a needle", by: second) == TRAWL_CLEAN)
      #expect(try scanned("hay", by: second) == TRAWL_MATCHED)
      #expect(try scanned("hay", by: first) == TRAWL_CLEAN)
    }
  }

  @Test func aRecordOutlivesItsResult() throws {
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    var result: OpaquePointer?
    try Host.call { trawl_scanner_scan_memory(scanner, "text", "a needle", 8, &result, $0) }
    let record = trawl_record_retain(trawl_result_record(result, 0))
    trawl_result_free(result)
    #expect(String(cString: trawl_record_finding(record)!.pointee.rule.data) == "needle")
    trawl_record_release(record)
  }
}
