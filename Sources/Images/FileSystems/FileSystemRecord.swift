/// A structure of a file system as it lies on the disk, whatever the order of its bytes.
///
/// An offset outside of the record is a mistake of this program, not of the evidence, and ends it:
/// who reads at an offset that the evidence gives holds it against ``count`` first.
struct FileSystemRecord {
  private let bytes: [UInt8]
  private let start: Int
  /// The length in bytes.
  let count: Int

  /// `count` bytes of `bytes` from `start` on; the array is shared, not copied.
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
    return UInt16(bytes[start + offset]) | UInt16(bytes[start + offset + 1]) << 8
  }

  func little32(_ offset: Int) -> UInt32 {
    UInt32(little16(offset)) | UInt32(little16(offset + 2)) << 16
  }

  func big16(_ offset: Int) -> UInt16 { little16(offset).byteSwapped }

  func big32(_ offset: Int) -> UInt32 { little32(offset).byteSwapped }

  func big64(_ offset: Int) -> UInt64 { UInt64(big32(offset)) << 32 | UInt64(big32(offset + 4)) }

  /// The bytes of `range`, copied.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Array(bytes[(start + range.lowerBound)..<(start + range.upperBound)])
  }

  /// The part of this record that `range` names.
  func part(_ range: Range<Int>) -> FileSystemRecord {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FileSystemRecord(bytes, from: start + range.lowerBound, count: range.count)
  }
}
