import Results
import Testing

/// A temporary file holds what was appended, once it is flushed.
@Suite struct TemporaryFileTests {
  @Test func bytesAreReadWhereTheyWereWritten() throws {
    let file = try TemporaryFile()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
    for start in stride(from: 0, to: bytes.count, by: 700_000) {
      try file.append(Array(bytes[start..<min(start + 700_000, bytes.count)]))
    }
    try file.flush()
    #expect(try file.read(bytes.count, at: 0) == bytes)
    #expect(try file.read(10, at: 2_999_995) == Array(bytes.suffix(5)))
    #expect(try file.read(10, at: 3_000_000).isEmpty)
    try file.append([1, 2])
    try file.flush()
    #expect(try file.read(10, at: 2_999_999) == [bytes[2_999_999], 1, 2])
  }
}
