import Bytes
import Containers
import TestSupport
import Testing

@testable import Volumes

/// A logical volume is read from its pieces on the physical one.
@Suite struct LogicalVolumeReaderTests {
  @Test func bytesComeFromTheirPieces() throws {
    let folder = try TemporaryDirectory()
    let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 256) }
    let medium = try OpenedImage(.init(try folder.write(bytes, to: "medium"))).medium
    let volume = LogicalVolumeReader(medium, runs: [2048..<3072, 256..<512])
    #expect(volume.size == 1280)
    let read = try volume.bytes(at: 768, count: 1000)
    #expect(read == Array(bytes[2816..<3072] + bytes[256..<512]))
    #expect(volume.places(of: .init(offset: 1000, length: 100)).map(\.offset) == [3048, 256])
    #expect(volume.places(of: .init(offset: 1200, length: 100)).map(\.length) == [80, 20])
    // A piece beyond the end of a truncated image is missing, not zeros.
    let cut = LogicalVolumeReader(medium, runs: [3840..<4352])
    #expect(throws: ImageError.self) { try cut.bytes(at: 0, count: 512) }
  }

  @Test func readsEndWithTheVolume() throws {
    let volume = LogicalVolumeReader(
      MemoryMedium([UInt8](repeating: 7, count: 1024)), runs: [512..<1024])
    #expect(try volume.bytes(at: 500, count: 100).count == 12)
    #expect(try volume.bytes(at: 512, count: 1).isEmpty)
    #expect(try volume.bytes(at: .max, count: 1).isEmpty)
    // Behind the end there are no bytes on the medium.
    #expect(volume.places(of: .init(offset: 512, length: 1)).map(\.offset) == [UInt64(Int64.max)])
  }
}
