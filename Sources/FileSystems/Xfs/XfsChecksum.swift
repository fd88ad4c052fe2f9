import Containers

extension FileSystemRecord {
  /// Whether the checksum at `place` matches the whole record. Its own four bytes count as zeros;
  /// only they are little-endian (xfs_cksum.h).
  func hasChecksum(at place: Int) -> Bool {
    CRC32C.checksum(of: bytes(0..<count), at: place) == little32(place)
  }
}
