internal import CDeflate

/// The Adler-32 checksum of RFC 1950, which EWF stores with all data.
enum Adler32 {
  /// Computes the checksum of some bytes.
  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { libdeflate_adler32(1, $0.baseAddress, $0.count) }
  }
}
