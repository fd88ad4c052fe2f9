import TestSupport
import Testing

@testable import FileSystems

/// Bytes of a volume in cached pieces of 64 KiB.
@Suite struct VolumePiecesTests {
  private static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 256 ^ $0) }

  private func pieces(at start: UInt64 = 1000, unreadable: Range<UInt64> = 0..<0) -> VolumePieces {
    VolumePieces(MemoryMedium(Self.bytes, unreadable: unreadable), at: start)
  }

  private func record(_ pieces: VolumePieces, at offset: UInt64, _ count: Int) throws -> [UInt8] {
    try pieces.record(at: offset, count: count).bytes(0..<count)
  }

  /// Inside a piece, across its end, and in the last piece, which is shorter.
  @Test(
    arguments: [0, 65_535, 65_536, 65_500, 131_000, 198_900] as [UInt64], [0, 1, 36, 100])
  func recordsAreTheBytesOfTheVolume(_ offset: UInt64, _ count: Int) throws {
    let start = 1000 + Int(offset)
    let expected = Array(Self.bytes[start..<(start + count)])
    let pieces = pieces()
    #expect(try record(pieces, at: offset, count) == expected)
    #expect(try record(pieces, at: offset, count) == expected, "from the cache")
    #expect(try pieces.bytes(at: offset, count: count) == expected)
  }

  @Test func aRecordMayBeLongerThanAPiece() throws {
    #expect(
      try record(pieces(), at: 10, 140_000) == Array(Self.bytes[1010..<141_010]))
  }

  @Test(
    arguments: [(198_901, 100), (199_000, 1), (199_001, 0), (.max, 1), (0, 199_001)]
      as [(UInt64, Int)])
  func whatIsBeyondTheEndIsUnreadable(_ offset: UInt64, _ count: Int) {
    let pieces = pieces()
    let errors = [
      #expect(throws: FileSystemError.self) { try pieces.bytes(at: offset, count: count) },
      #expect(throws: FileSystemError.self) { try pieces.record(at: offset, count: count) },
    ]
    for error in errors {
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func aBadSectorHidesNothingElseInItsPiece() throws {
    let pieces = pieces(unreadable: 5000..<5512)
    #expect(try record(pieces, at: 0, 4000) == Array(Self.bytes[1000..<5000]))
    #expect(try record(pieces, at: 4512, 100) == Array(Self.bytes[5512..<5612]))
    let error = #expect(throws: FileSystemError.self) { try pieces.record(at: 3999, count: 2) }
    #expect(error?.description.contains("a bad sector") == true)
  }

  @Test func aVolumeBehindTheMediumIsEmpty() throws {
    for start: UInt64 in [200_000, 200_001, .max] {
      let pieces = pieces(at: start)
      #expect(pieces.size == 0)
      #expect(throws: FileSystemError.self) { try pieces.bytes(at: 0, count: 1) }
    }
    #expect(pieces(at: 199_999).size == 1)
  }
}
