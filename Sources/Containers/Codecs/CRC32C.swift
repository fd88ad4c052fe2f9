/// The Castagnoli CRC (RFC 3720, appendix B.4) that VHDX uses (MS-VHDX 2.2).
package enum CRC32C {
  /// Computes the checksum of `bytes`, counting the four bytes at `place`, where it is stored, as
  /// zeros.
  package static func checksum(of bytes: [UInt8], at place: Int) -> UInt32 {
    var value = UInt32.max
    for (index, byte) in bytes.enumerated() {
      let byte = index &- place >= 0 && index &- place < 4 ? 0 : byte
      value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8)
    }
    return ~value
  }

  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(UInt32(number)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
  }
}
