import Containers
import TestSupport
import Testing

@testable import FileSystems

/// The state of a log by its last record (xlog_rec_header, xlog_op_header), in the 16 blocks from block 900 on.
@Suite struct XfsLogTests {
  /// A record of one operation with these flags.
  private func record(sequence: UInt64, flags: UInt8, operations: UInt32 = 1) -> [UInt8] {
    var bytes = [UInt8](zeros: 1024)
    bytes.write(big: 0xFEED_BABE as UInt32, at: 0)
    bytes.write(big: 1 as UInt32, at: 8)
    bytes.write(big: sequence, at: 16)
    bytes.write(big: operations, at: 40)
    bytes[512 + 9] = flags
    return bytes
  }

  private func state(_ volume: XfsVolume) throws -> XfsFileSystem.LogState {
    try #require(try volume.fileSystem()).logState {}
  }

  @Test func anEmptyLogIsApplied() throws {
    #expect(try state(XfsVolume()) == .applied)
  }

  @Test func theLastRecordDecides() throws {
    var volume = XfsVolume()
    volume.write(record(sequence: 7, flags: 0x01), at: 900)
    #expect(try state(volume) == .unapplied)
    volume.write(record(sequence: 8, flags: 0x20), at: 902)
    #expect(try state(volume) == .applied)
    // The log wraps: a later record may be in front.
    volume.write(record(sequence: 9, flags: 0x01), at: 901)
    #expect(try state(volume) == .unapplied)
  }

  @Test func anUnmountRecordHasOneOperation() throws {
    var volume = XfsVolume()
    volume.write(record(sequence: 1, flags: 0x20, operations: 2), at: 900)
    #expect(try state(volume) == .unapplied)
  }

  @Test func aLogElsewhereIsSaid() throws {
    #expect(try state(XfsVolume { $0.write(big: UInt64(0), at: 48) }) == .elsewhere)
  }

  @Test(arguments: [(48, UInt64.max), (48, 2048 + 1000), (92, 0x0100_0000)] as [(Int, UInt64)])
  func aLogBehindTheVolumeCannotBeRead(_ place: Int, _ value: UInt64) throws {
    #expect(try state(XfsVolume { $0.write(big: value, at: place) }) == .unreadable)
  }
}
