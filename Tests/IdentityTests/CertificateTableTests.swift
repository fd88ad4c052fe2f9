import TestSupport
import Testing

@testable import Identity

/// Entries of a certificate table (Microsoft PE Format), and tables that exceed the file.
@Suite struct CertificateTableTests {
  /// A table of 64 bytes at 960, behind which the file ends.
  private func read(_ table: [UInt8] = [], _ change: (inout [UInt8]) -> Void = { _ in }) throws
    -> CertificateTable
  {
    let bytes = PortableExecutableTests.program {
      $0.write(table, at: 960)
      change(&$0)
    }
    let table = PortableExecutable(bytes.span.bytes).flatMap {
      CertificateTable($0, bytes.span.bytes)
    }
    return try #require(table)
  }

  private func entry(_ length: UInt32, revision: UInt16 = 0x200, type: UInt16 = 2) -> [UInt8] {
    [UInt8](little: length) + [UInt8](little: revision) + [UInt8](little: type)
      + [UInt8](repeating: 9, count: max(0, (Int(length) + 7) / 8 * 8 - 8))
  }

  @Test func entriesBeginAtMultiplesOfEight() throws {
    let found = try read(entry(13) + entry(24, type: 1) + entry(16))
    #expect(found.range == 960..<1024)
    #expect(found.entries == [968..<973, 1008..<1016])
    #expect(found.problem == nil, "zeros behind the last entry are padding")
  }

  @Test func entriesThatExceedTheTableAreAProblem() throws {
    for length: UInt32 in [65, .max, 7] {
      let found = try read([UInt8](little: length) + [0, 2, 2, 0])
      let isSaid = found.problem?.contains("invalid length") == true
      #expect(found.entries.isEmpty && isSaid, "\(length)")
    }
    #expect(try read().problem == "the certificate table has no entry", "nothing but zeros")
    let second = try read(entry(16) + [UInt8](little: UInt32(99)))
    #expect(second.entries == [968..<976] && second.problem != nil)
  }

  @Test func tablesOutsideTheFileAreAProblem() throws {
    let entry = 88 + 96 + 32
    let beyond = try read { $0.write(little: UInt32(65), at: entry + 4) }
    #expect(beyond.problem?.contains("beyond the end") == true && beyond.range == 960..<1024)
    let far = try read { $0.write(little: UInt32.max, at: entry) }
    #expect(far.problem?.contains("beyond the end") == true && far.range.isEmpty)
    let headers = try read { $0.write(little: UInt32(100), at: entry) }
    #expect(headers.problem?.contains("overlaps") == true)
  }

  @Test func theNumberOfEntriesIsLimited() throws {
    let bytes =
      PortableExecutableTests.program {
        $0.write(little: UInt32(8 * 65), at: 88 + 96 + 36)
      }.prefix(960) + (0..<65).flatMap { _ in entry(8) }
    let all = Array(bytes)
    let table = PortableExecutable(all.span.bytes).flatMap { CertificateTable($0, all.span.bytes) }
    let found = try #require(table)
    #expect(found.entries.count == 64 && found.problem?.contains("more than 64") == true)
  }
}
