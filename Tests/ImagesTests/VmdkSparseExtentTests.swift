import Foundation
import TestSupport
import Testing

@testable import Containers

/// Sparse extents of VMDK: directories, tables and grains, hosted and of ESX.
@Suite struct VmdkSparseExtentTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func theOldSparseExtentsOfESXAreRead() throws {
    // libvmdk, "COWD": 8 sectors a grain, a directory at sector 4, a table at 8, a grain at 50.
    var bytes =
      Array("COWD".utf8) + [UInt8](little: UInt32(1)) + [UInt8](little: UInt32(3))
      + [UInt8](little: UInt32(64))
    bytes += [UInt8](little: UInt32(8)) + [UInt8](little: UInt32(4)) + [UInt8](little: UInt32(1))
    bytes += [UInt8](repeating: 0, count: 60 * 512 - bytes.count)
    bytes.replaceSubrange(4 * 512..<4 * 512 + 4, with: [UInt8](little: UInt32(8)))
    bytes.replaceSubrange(8 * 512 + 8..<8 * 512 + 12, with: [UInt8](little: UInt32(50)))
    bytes.replaceSubrange(50 * 512..<58 * 512, with: [UInt8](repeating: 0x42, count: 4096))
    let alone = try TestImage(try folder.write(bytes, to: "disk-delta.vmdk"))
    var expected = Data(count: 64 * 512)
    expected.replaceSubrange(2 * 4096..<3 * 4096, with: Data(repeating: 0x42, count: 4096))
    #expect(try alone.isIdentical(to: expected))
    // As a snapshot: its descriptor names the extent and the parent.
    try folder.write([UInt8](repeating: 0x11, count: 64 * 512), to: "disk-flat.vmdk")
    try folder.write(
      "# Disk DescriptorFile\nCID=0000aaaa\nparentCID=ffffffff\nRW 64 VMFS \"disk-flat.vmdk\"\n",
      to: "disk.vmdk")
    let snapshot = try folder.write(
      "# Disk DescriptorFile\nCID=0000bbbb\nparentCID=0000AAAA\nparentFileNameHint=\"/vmfs/volumes/x/"
        + "disk.vmdk\"\nRW 64 VMFSSPARSE \"disk-delta.vmdk\"\n", to: "disk-000001.vmdk")
    let medium = try TestImage(snapshot)
    for place in expected.indices where expected[place] == 0 { expected[place] = 0x11 }
    #expect(try medium.isIdentical(to: expected))
    #expect(
      medium.image.files.map(\.lastComponent) == [
        "disk-000001.vmdk", "disk-delta.vmdk", "disk.vmdk", "disk-flat.vmdk",
      ])
  }

  // MARK: Hosted extents

  /// A header: 64 sectors in grains of eight, tables of four entries, the directory in sector 2.
  private func extent(_ change: (inout [UInt8]) -> Void = { _ in }) throws -> VmdkSparseExtent {
    var bytes = [UInt8](zeros: 64 * 512)
    bytes.write("KDMV", at: 0)
    bytes.write(little: UInt32(1), at: 4)
    bytes.write(little: UInt64(64), at: 12)
    bytes.write(little: UInt64(8), at: 20)
    bytes.write(little: UInt32(4), at: 44)
    bytes.write(little: UInt64(2), at: 56)
    // Two tables; the first has a grain at sector 40, one of zeros, and none.
    bytes.write(little: UInt32(3), at: 1024)
    bytes.write(little: UInt32(40), at: 3 * 512)
    bytes.write(little: UInt32(1), at: 3 * 512 + 4)
    change(&bytes)
    return try VmdkSparseExtent(try folder.imageFile(bytes))
  }

  private func content(_ extent: VmdkSparseExtent, at offset: UInt64) throws -> String {
    let (content, length) = try extent.piece(at: offset)
    return switch content {
    case nil: "none, \(length)"
    case .zeros: "zeros, \(length)"
    case .file(_, let place): "byte \(place), \(length)"
    case .packed(_, let chunk, let inside):
      "chunk \(chunk >> 32) of \(chunk & 0xFFFF_FFFF) at \(inside), \(length)"
    default: "another, \(length)"
    }
  }

  @Test func tablesLocateGrains() throws {
    let extent = try extent()
    #expect(extent.size == 64 * 512 && extent.descriptor == nil)
    #expect(try content(extent, at: 100) == "byte 20580, 3996")
    #expect(try content(extent, at: 4096) == "zeros, 4096")
    #expect(try content(extent, at: 8192) == "none, 4096")
    // The second table does not exist.
    #expect(try content(extent, at: 4 * 4096 + 5) == "none, 16379")
  }

  @Test func aDirectoryWrittenLastIsThatOfTheFooter() throws {
    let extent = try extent {
      let footer = Array($0[..<512])
      $0.write(footer, at: 62 * 512)
      $0.write(little: UInt64.max, at: 56)
    }
    #expect(try content(extent, at: 0) == "byte 20480, 4096")
    let lost = #expect(throws: ImageError.self) {
      try self.extent { $0.write(little: UInt64.max, at: 56) }
    }
    #expect(lost?.reason == .truncated)
    // The redundant directory is used if the other is not stated.
    let spare = try self.extent {
      $0.write(little: UInt64(0), at: 56)
      $0.write(little: UInt64(2), at: 48)
    }
    #expect(try content(spare, at: 4096) == "zeros, 4096")
  }

  @Test(
    "Numbers that do not fit",
    arguments: [
      (12, [255, 255, 255, 255, 255, 255, 255, 255]), (20, [0]), (20, [7]), (20, [0, 0, 2]),
      (44, [0]), (44, [1, 0, 0x10]), (56, [255, 255, 255, 255, 255, 255, 255, 127]), (56, [64]),
      (12, [0, 0, 0, 0, 1]), (36, [1, 0x10]), (28, [255, 255, 255, 255, 255, 255, 255, 255]),
    ] as [(Int, [UInt8])])
  func damage(_ place: Int, _ value: [UInt8]) {
    #expect(throws: ImageError.self) {
      try extent {
        $0.write(value, at: place)
        if place == 28 { $0[36] = 1 }
      }
    }
  }

  @Test func aTableBehindTheEndIsTruncation() throws {
    let extent = try extent { $0.write(little: UInt32.max, at: 1024) }
    let error = #expect(throws: ImageError.self) { try extent.piece(at: 0) }
    #expect(error?.reason == .truncated)
  }

  // MARK: Compressed grains

  /// Grains compressed with zlib behind their sector and length.
  private func compressed(
    _ grain: [UInt8], sector: UInt64 = 0, length: UInt32? = nil, algorithm: UInt16 = 1
  ) throws -> VmdkSparseExtent {
    try extent {
      $0.write(little: UInt32(1 << 16 | 1 << 17), at: 8)
      $0.write(little: algorithm, at: 77)
      $0.write(little: sector, at: 40 * 512)
      $0.write(little: length ?? UInt32(grain.count), at: 40 * 512 + 8)
      $0.write(grain, at: 40 * 512 + 12)
    }
  }

  /// 4096 letters by Python's zlib.
  private func zlib(_ count: Int = 4096) throws -> [UInt8] {
    let script = "import sys,zlib; sys.stdout.buffer.write(zlib.compress(b'x' * \(count)))"
    return [UInt8](try Subprocess.run("python3", ["-c", script]).output)
  }

  @Test func grainsAreDecodedAndKnowTheirPlace() throws {
    let extent = try compressed(try zlib())
    #expect(try content(extent, at: 10) == "chunk 0 of 40 at 10, 4086")
    #expect(try extent.chunk(40) == [UInt8](repeating: 0x78, count: 4096))
    // Another sector, lengths that do not fit, too few bytes, and no stream of zlib.
    let failures: [([UInt8], UInt64, UInt32?)] = [
      (try zlib(), 8, nil), (try zlib(), 0, 3), (try zlib(), 0, .max), (try zlib(4095), 0, nil),
      ([0xFF, 0xFF], 0, nil),
    ]
    for (index, (grain, sector, length)) in failures.enumerated() {
      let extent = try compressed(grain, sector: sector, length: length)
      #expect(throws: ImageError.self, "\(index)") { try extent.chunk(40) }
    }
    let unknown = #expect(throws: ImageError.self) { try compressed([], algorithm: 2) }
    #expect(unknown?.reason == .unsupported)
  }
}
