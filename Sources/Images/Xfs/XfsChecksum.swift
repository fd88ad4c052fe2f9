extension FileSystemRecord {
  /// Whether the checksum at `place` is that of the whole record. Its four bytes count as zeros, and
  /// they alone are little-endian (xfs_cksum.h).
  func hasChecksum(at place: Int) -> Bool {
    CRC32C.checksum(of: bytes(0..<count), at: place) == little32(place)
  }
}
