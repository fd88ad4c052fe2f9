import TestSupport
import Testing

@testable import Containers

/// Headers of QCOW images, by docs/interop/qcow2.txt and block/qcow.c of qemu.
@Suite struct QcowHeaderTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A header with clusters of 64 KiB, and a level 1 table of eight entries in the second one.
  private func header(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> QcowHeader {
    var bytes = [UInt8](zeros: 65_536 + 64)
    bytes.write("QFI\u{0}", at: 0)
    bytes[3] = 0xFB
    bytes.write(big: UInt32(3), at: 4)
    bytes.write(big: UInt32(16), at: 20)
    bytes.write(big: UInt64(1) << 30, at: 24)
    bytes.write(big: UInt32(8), at: 36)
    bytes.write(big: UInt64(65_536), at: 40)
    bytes.write(big: UInt32(104), at: 100)
    change(&bytes)
    return try QcowHeader(try folder.imageFile(bytes))
  }

  @Test func fieldsAreThoseOfTheHeader() throws {
    let found = try header {
      $0.write(big: UInt32(2), at: 60)
      // Two extensions: the format of the backing file, and an unknown one of an odd length.
      $0.write([UInt8](big: UInt32(0x1234_5678)) + [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0], at: 104)
      $0.write([UInt8](big: UInt32(0xE279_2ACA)) + [0, 0, 0, 3] + Array("raw".utf8), at: 120)
      $0.write(big: UInt64(200), at: 8)
      $0.write(big: UInt32(5), at: 16)
      $0.write("p.raw", at: 200)
    }
    #expect(found.size == 1 << 30 && found.clusterBits == 16 && found.tableBits == 13)
    #expect(found.snapshots == 2 && found.entrySize == 8 && !found.isZstandard)
    #expect(found.backing == Array("p.raw".utf8) && found.backingFormat == Array("raw".utf8))
  }

  @Test func featuresChangeTheLayout() throws {
    let wide = try header {
      $0[79] = 16 | 8 | 4
      $0[104] = 1
      // 2^28 bytes for each table of entries of sixteen bytes.
      $0.write(big: UInt64(1) << 29, at: 24)
    }
    #expect(wide.hasSubclusters && wide.isZstandard && wide.hasDataFile)
    #expect(wide.entrySize == 16 && wide.tableBits == 12)
    let unknown = #expect(throws: ImageError.self) { try header { $0[72] = 1 } }
    #expect(unknown?.reason == .unsupported)
    let method = #expect(throws: ImageError.self) {
      try header {
        $0[79] = 8
        $0[104] = 2
      }
    }
    #expect(method?.reason == .unsupported)
    let encrypted = #expect(throws: ImageError.self) { try header { $0[35] = 1 } }
    #expect(encrypted?.reason == .encrypted)
    let version = #expect(throws: ImageError.self) { try header { $0[7] = 4 } }
    #expect(version?.reason == .unsupported)
  }

  @Test func theFirstVersionHasItsOwnLayout() throws {
    let found = try header {
      $0.write(big: UInt32(1), at: 4)
      $0.write(big: UInt64(1) << 24, at: 24)
      $0.write([12, 9], at: 32)
      $0.write(big: UInt32(0), at: 36)
    }
    #expect(found.version == 1 && found.clusterBits == 12 && found.tableBits == 9)
    #expect(throws: ImageError.self) {
      try header {
        $0.write(big: UInt32(1), at: 4)
        $0.write(big: UInt64(1) << 24, at: 24)
        $0.write([12, 14], at: 32)
        $0.write(big: UInt32(0), at: 36)
      }
    }
  }

  @Test(
    "Impossible numbers are damage",
    arguments: [
      (20, [0, 0, 0, 8]), (20, [0, 0, 0, 22]), (20, [255, 255, 255, 255]),
      (24, [255, 255, 255, 255, 255, 255, 255, 255]),  // a medium of 2^64 bytes
      (24, [0x7F, 255, 255, 255, 255, 255, 255, 255]),  // a table beyond the file
      (36, [0, 0, 0, 1]),  // a table too short for the medium
      (40, [255, 255, 255, 255, 255, 255, 255, 255]), (40, [0, 0, 0, 0, 0, 0, 2, 0]),
      (8, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 0]),  // a backing name of 1024 bytes
      (8, [255, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]),  // and one beyond the file
    ] as [(Int, [UInt8])])
  func damage(_ place: Int, _ bytes: [UInt8]) {
    #expect(throws: ImageError.self) { try header { $0.write(bytes, at: place) } }
  }

  @Test func extensionsThatNeverEndAreBounded() throws {
    let found = try header {
      for place in stride(from: 104, to: 4096, by: 8) { $0[place] = 7 }
      $0.write(big: UInt32(0xE279_2ACA), at: 104 + 8 * 70)
    }
    #expect(found.backingFormat == nil)
    #expect(try header { $0.write(big: UInt32.max, at: 100) }.backingFormat == nil)
  }
}
