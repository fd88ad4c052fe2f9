import TestSupport
import Testing

@testable import Containers

/// Disks of Parallels Desktop, built from docs/interop/parallels.txt of qemu.
@Suite struct ParallelsImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Clusters of two sectors, five sectors in all, a table of three entries.
  private func image(
    extended: Bool = false, _ entries: [UInt32] = [4, 0, 2],
    _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> ParallelsImage {
    var bytes = [UInt8](zeros: 8192)
    bytes.write(extended ? "WithouFreSpacExt" : "WithoutFreeSpace", at: 0)
    bytes.write(little: UInt32(2), at: 16)
    bytes.write(little: UInt32(2), at: 28)
    bytes.write(little: UInt32(3), at: 32)
    bytes.write(little: UInt64(5), at: 36)
    for (index, entry) in entries.enumerated() { bytes.write(little: entry, at: 64 + 4 * index) }
    for sector in 2..<16 {
      bytes.write([UInt8](repeating: UInt8(sector), count: 512), at: 512 * sector)
    }
    change(&bytes)
    return try ParallelsImage(try folder.imageFile(bytes))
  }

  /// The first byte of each sector.
  private func sectors(_ image: ParallelsImage) throws -> [UInt8] {
    let bytes = try image.bytes(at: 0, count: 8192)
    return stride(from: 0, to: bytes.count, by: 512).map { bytes[$0] }
  }

  @Test func entriesAreInSectorsOrInClusters() throws {
    let plain = try image()
    #expect(plain.size == 5 * 512)
    #expect(try sectors(plain) == [4, 5, 0, 0, 2])
    #expect(try sectors(image(extended: true)) == [8, 9, 0, 0, 4])
    #expect(plain.zeros(from: 1024) == 1024)
  }

  @Test(arguments: [(28, 0), (32, 2), (32, 0), (36, .max)] as [(Int, UInt32)])
  func impossibleGeometryIsDamage(_ place: Int, _ value: UInt32) {
    for extended in [false, true] {
      let error = #expect(throws: ImageError.self) {
        try image(extended: extended) { $0.write(little: value, at: place) }
      }
      #expect(error?.description.contains("invalid geometry") == true)
    }
  }

  /// The older form counts sectors in 32 bits; the upper half of the field is another one.
  @Test func onlyTheExtendedFormHasCountsOf64Bits() throws {
    #expect(try image { $0.write(little: UInt32.max, at: 40) }.size == 5 * 512)
    #expect(throws: ImageError.self) {
      try image(extended: true) { $0.write(little: UInt32.max, at: 40) }
    }
  }

  @Test func otherVersionsAreUnsupported() {
    let error = #expect(throws: ImageError.self) { try image { $0[16] = 3 } }
    #expect(error?.reason == .unsupported)
  }

  @Test func clustersBehindTheEndAreTruncation() throws {
    for image in [try image([.max]), try image(extended: true, [.max])] {
      let error = #expect(throws: ImageError.self) { try image.bytes(at: 0, count: 1) }
      #expect(error?.reason == .truncated)
    }
    // 2^32 clusters of 2^41 bytes are behind every file.
    let wide = try image(extended: true, [.max]) { $0.write(little: UInt32.max, at: 28) }
    let error = #expect(throws: ImageError.self) { try wide.bytes(at: 0, count: 1) }
    #expect(error?.description.contains("out of range") == true)
  }

  @Test func aSnapshotBesideItsDescriptorIsRefused() throws {
    try folder.write("<Storage><Image></Image></Storage>", to: "DiskDescriptor.xml")
    #expect(try image().size == 5 * 512)
    try folder.write("<Image>a</Image><Image>b</Image>", to: "DiskDescriptor.xml")
    let error = #expect(throws: ImageError.self) { try image() }
    #expect(error?.reason == .unsupported)
    #expect(error?.description.contains("one of 2 parts or snapshots") == true)
  }
}
