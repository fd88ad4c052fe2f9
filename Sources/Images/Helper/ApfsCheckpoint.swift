/// The superblock of an APFS container. Its copy in block 0 is as old as the last clean unmount; the newest one
/// is in the ring of checkpoints (Apple File System Reference, "Mounting an Apple File System Partition").
struct ApfsCheckpoint {
  /// The block that holds it.
  let block: [UInt8]
  /// The number of the transaction that wrote it.
  let transaction: UInt64

  /// TSK reads no other size.
  static let blockSize = 4096
  /// Apple's rings have some hundred blocks; what claims more is damaged.
  private static let maximumRing: UInt32 = 65_536

  /// The superblock in block 0.
  init?(_ container: VolumeBytes) throws(ImageError) {
    try self.init(container, at: 0)
  }

  private init?(_ container: VolumeBytes, at block: UInt64) throws(ImageError) {
    let (offset, overflow) = block.multipliedReportingOverflow(by: UInt64(Self.blockSize))
    guard !overflow else { return nil }
    let bytes = try container.bytes(at: offset, count: Self.blockSize)
    guard bytes.count == Self.blockSize, bytes[32..<36].elementsEqual("NXSB".utf8),
      let transaction = bytes.withUnsafeBytes({ $0.little(16, as: UInt64.self) })
    else { return nil }
    self.block = bytes
    self.transaction = transaction
  }

  /// The newest superblock of the ring that is sound, if it is newer than this one.
  func newer(in container: VolumeBytes) throws(ImageError) -> ApfsCheckpoint? {
    let ring = block.withUnsafeBytes { bytes in
      (
        count: bytes.little(0x68, as: UInt32.self) ?? 0,
        start: bytes.little(0x70, as: UInt64.self) ?? 0
      )
    }
    // With the highest bit the ring is in pieces, which a tree lists.
    guard ring.count <= Self.maximumRing else { return nil }
    var newest: ApfsCheckpoint?
    for index in 0..<UInt64(ring.count) {
      guard let other = try ApfsCheckpoint(container, at: ring.start &+ index), other.isSound,
        other.transaction > (newest ?? self).transaction
      else { continue }
      newest = other
    }
    return newest
  }

  /// Whether the block has the checksum that it begins with: Fletcher's with 64 bits ("Objects").
  private var isSound: Bool {
    block.withUnsafeBytes { bytes in
      let modulus = UInt64(UInt32.max)
      var sums: (UInt64, UInt64) = (0, 0)
      for offset in stride(from: 8, to: bytes.count, by: 4) {
        sums.0 = (sums.0 + UInt64(bytes.little(offset, as: UInt32.self) ?? 0)) % modulus
        sums.1 = (sums.1 + sums.0) % modulus
      }
      let low = modulus - (sums.0 + sums.1) % modulus
      let high = modulus - (sums.0 + low) % modulus
      return bytes.little(0) == high << 32 | low
    }
  }
}
