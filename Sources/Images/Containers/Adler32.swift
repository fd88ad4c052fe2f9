internal import CDeflate

/// The checksum of RFC 1950, which EWF keeps beside everything.
enum Adler32 {
  /// The checksum of some bytes.
  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { libdeflate_adler32(1, $0.baseAddress, $0.count) }
  }
}
