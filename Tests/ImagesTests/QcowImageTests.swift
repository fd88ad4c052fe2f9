import TestSupport
import Testing

@testable import Containers

/// Clusters of QCOW2, built from docs/interop/qcow2.txt.
@Suite struct QcowImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Clusters of 512 bytes: the level 1 table in the second, a level 2 table of 64 entries in the third, and the number of
  /// each other cluster in it. The disk has 70 clusters.
  private func image(
    _ entries: [UInt64], first: UInt64 = 1024 | 1 << 63, version: UInt32 = 3,
    _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> QcowImage {
    var bytes = [UInt8](zeros: 8 * 512)
    bytes.write([0x51, 0x46, 0x49, 0xFB], at: 0)
    bytes.write(big: version, at: 4)
    bytes.write(big: UInt32(9), at: 20)
    bytes.write(big: UInt64(70 * 512), at: 24)
    bytes.write(big: UInt32(2), at: 36)
    bytes.write(big: UInt64(512), at: 40)
    bytes.write(big: UInt32(104), at: 100)
    bytes.write(big: first, at: 512)
    for (index, entry) in entries.enumerated() { bytes.write(big: entry, at: 1024 + 8 * index) }
    for cluster in 3..<8 {
      bytes.write([UInt8](repeating: UInt8(cluster), count: 512), at: 512 * cluster)
    }
    change(&bytes)
    try folder.write(bytes, to: "image")
    var opening = ImageOpening(ContainerFormats.all)
    return try QcowImage(try opening.file(folder.raw.appending("image")), &opening)
  }

  /// The first byte of some clusters.
  private func clusters(_ image: QcowImage, _ count: Int) throws -> [UInt8] {
    let bytes = try image.bytes(at: 0, count: 512 * count)
    return stride(from: 0, to: bytes.count, by: 512).map { bytes[$0] }
  }

  @Test func entriesAreOffsetsZerosOrNothing() throws {
    let copied: UInt64 = 1 << 63
    let image = try image([5 * 512 | copied, 0, 3 * 512, 4 * 512 | 1, 1])
    #expect(image.size == 70 * 512 && image.words == "QCOW2")
    #expect(try clusters(image, 6) == [5, 0, 3, 0, 0, 0])
    #expect(try image.bytes(at: 69 * 512, count: 1024) == [UInt8](zeros: 512), "without a table")
    #expect(image.zeros(from: 512) == 512 && image.zeros(from: 64 * 512) == 6 * 512)
    // Version 2 has no flag for zeros.
    let old = try self.image([4 * 512], version: 2)
    #expect(try clusters(old, 1) == [4])
  }

  @Test func whatIsNotAlignedIsDamage() throws {
    // Clusters of 1 KiB, and multiples of 512 bytes that are none of theirs.
    func image(table: UInt64, cluster: UInt64) throws -> QcowImage {
      try self.image([]) {
        $0.write(big: UInt32(10), at: 20)
        $0.write(big: UInt64(1024), at: 40)
        $0.write(big: table, at: 1024)
        $0.write(big: cluster, at: 2048)
      }
    }
    let wide = try image(table: 2048, cluster: 5 * 512)
    let error = #expect(throws: ImageError.self) { try wide.bytes(at: 0, count: 1) }
    #expect(error?.description.contains("a cluster is not aligned") == true)
    let table = try image(table: 3 * 512, cluster: 0)
    let other = #expect(throws: ImageError.self) { try table.bytes(at: 0, count: 1) }
    #expect(other?.description.contains("not aligned to a cluster") == true)
  }

  @Test func tablesAndClustersBehindTheEndAreErrors() throws {
    let far = try image([1 << 40])
    let cut = #expect(throws: ImageError.self) { try far.bytes(at: 0, count: 1) }
    #expect(cut?.reason == .truncated)
    let table = try image([], first: 1 << 40)
    let error = #expect(throws: ImageError.self) { try table.bytes(at: 0, count: 1) }
    #expect(error?.description.contains("a level 2 table is beyond the end") == true)
  }

  // MARK: Compressed clusters

  /// An entry of a compressed cluster: its offset in 61 bits, its sectors less one above.
  private func packed(at offset: UInt64, sectors: UInt64 = 1) -> UInt64 {
    1 << 62 | (sectors - 1) << 61 | offset
  }

  /// Letters by Python's compressor without a header.
  private func deflated(_ count: Int) throws -> [UInt8] {
    let script = """
      import sys, zlib
      packer = zlib.compressobj(9, zlib.DEFLATED, -12)
      sys.stdout.buffer.write(packer.compress(b'x' * \(count)) + packer.flush())
      """
    return [UInt8](try Subprocess.run("python3", ["-c", script]).output)
  }

  @Test func compressedClustersAreDecoded() throws {
    let bytes = try deflated(512)
    let image = try image([packed(at: 3 * 512 + 7)]) { $0.write(bytes, at: 3 * 512 + 7) }
    #expect(try image.bytes(at: 500, count: 12) == [UInt8](repeating: 0x78, count: 12))
    #expect(image.pieces(of: 0..<512, limit: 9) == nil)
    let short = try deflated(511)
    for (entry, content) in [
      (packed(at: 3 * 512), short), (packed(at: 3 * 512), [UInt8](repeating: 0xFF, count: 64)),
      (packed(at: 1 << 50), []),
    ] {
      let image = try self.image([entry]) { $0.write(content, at: 3 * 512) }
      #expect(throws: ImageError.self) { try image.bytes(at: 0, count: 1) }
    }
  }

  @Test func internalSnapshotsAreOmissions() throws {
    let image = try image([]) { $0.write(big: UInt32(3), at: 60) }
    #expect(image.omissions.map(\.reason) == [.unsupported])
    #expect(image.words == "QCOW2 (internal snapshots, not scanned: 3)")
  }

  // MARK: Backing files

  @Test func whatIsNotInTheImageIsInItsBackingFile() throws {
    try folder.write([UInt8](repeating: 0xBB, count: 700), to: "base")
    let image = try image([0, 1, 5 * 512]) {
      $0.write(big: UInt64(300), at: 8)
      $0.write(big: UInt32(9), at: 16)
      $0.write("file:base", at: 300)
    }
    #expect(image.words == "QCOW2 with a backing file")
    // The second cluster is zeros, whatever the backing file has.
    #expect(try clusters(image, 4) == [0xBB, 0, 5, 0])
    let missing = #expect(throws: ImageError.self) {
      try self.image([]) {
        $0.write(big: UInt64(300), at: 8)
        $0.write(big: UInt32(4), at: 16)
        $0.write("gone", at: 300)
      }
    }
    #expect(missing?.description.contains("its backing file gone is missing") == true)
    let own = #expect(throws: ImageError.self) {
      try self.image([]) {
        $0.write(big: UInt64(300), at: 8)
        $0.write(big: UInt32(5), at: 16)
        $0.write("image", at: 300)
      }
    }
    #expect(own?.description.contains("lists it twice") == true)
  }
}
