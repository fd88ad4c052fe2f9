import Bytes

/// A structure of a file system as stored on the disk, independent of byte order.
///
/// An offset outside the record is a bug of this program, not of the evidence, and ends it:
/// check offsets from the evidence against ``count`` first.
struct FileSystemRecord {
  private let bytes: [UInt8]
  private let start: Int
  /// The length in bytes.
  let count: Int

  /// Record of `count` bytes of `bytes` from `start`; the array is shared, not copied.
  init(_ bytes: [UInt8], from start: Int, count: Int) {
    precondition(start >= 0 && count >= 0 && start <= bytes.count && count <= bytes.count - start)
    self.bytes = bytes
    self.start = start
    self.count = count
  }

  func byte(_ offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count)
    return bytes[start + offset]
  }

  func little16(_ offset: Int) -> UInt16 {
    precondition(offset >= 0 && offset <= count - 2)
    return bytes.little(start + offset)
  }

  func little32(_ offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset <= count - 4)
    return bytes.little(start + offset)
  }

  func big16(_ offset: Int) -> UInt16 { little16(offset).byteSwapped }

  func big32(_ offset: Int) -> UInt32 { little32(offset).byteSwapped }

  func big64(_ offset: Int) -> UInt64 { UInt64(big32(offset)) << 32 | UInt64(big32(offset + 4)) }

  /// Copies the bytes of `range`.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Array(bytes[(start + range.lowerBound)..<(start + range.upperBound)])
  }

  /// Part of this record in `range`.
  func part(_ range: Range<Int>) -> FileSystemRecord {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FileSystemRecord(bytes, from: start + range.lowerBound, count: range.count)
  }
}
