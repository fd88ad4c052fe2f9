/// The bytes of a registry hive while they are lent, and its cells.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf), "Base block" and "Cell";
/// Joachim Metz, "Windows NT Registry File (REGF) format" (libregf). All numbers are little-endian. Every offset is
/// the file's word and is checked; a mapped file may change meanwhile, so each number is read once.
struct HiveBytes {
  private let bytes: UnsafeRawBufferPointer

  /// The size of the base block; the hive bins follow, and cells are counted from there ("Base block", note 1).
  static let baseLength = 4096

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The number at `offset` of the file; nil beyond the end.
  func number<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    bytes.little(offset)
  }

  /// The content of the allocated cell at `offset` of the hive bins; nil if there is none.
  func cell(_ offset: UInt32) -> HiveCell? {
    let start = Self.baseLength + Int(offset)
    guard offset % 8 == 0, let size: Int32 = bytes.little(start), size <= -8, size != .min else {
      return nil
    }
    let length = -Int(size)
    guard length <= bytes.count - start else { return nil }
    return HiveCell(
      offset: offset, bytes: UnsafeRawBufferPointer(rebasing: bytes[(start + 4)..<(start + length)])
    )
  }

  /// Whether the checksum of the base block holds: the exclusive or of its first 508 bytes, with the two values that
  /// Windows replaces ("Base block", note 2).
  var isChecksumValid: Bool {
    var sum: UInt32 = 0
    for offset in stride(from: 0, to: 508, by: 4) {
      guard let word: UInt32 = bytes.little(offset) else { return false }
      sum ^= word
    }
    if sum == .max { sum = .max - 1 }
    if sum == 0 { sum = 1 }
    return bytes.little(508) == sum
  }
}

/// The content of one allocated cell.
struct HiveCell {
  /// Where the cell begins in the hive bins.
  let offset: UInt32
  /// What follows its size.
  let bytes: UnsafeRawBufferPointer

  /// The number at `offset` of the cell; nil beyond its end.
  func number<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    bytes.little(offset)
  }

  /// Whether the record in the cell begins with these two letters.
  func isRecord(_ signature: StaticString) -> Bool {
    bytes.count >= 2 && bytes[0] == signature.utf8Start[0] && bytes[1] == signature.utf8Start[1]
  }

  /// The name of `length` bytes at `offset`: one byte a character (Latin-1), or UTF-16; nil beyond the end.
  func name(at offset: Int, length: Int, isLatin: Bool) -> String? {
    guard length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
    let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
    return isLatin
      ? String(decoding: part.lazy.map { UInt16($0) }, as: UTF16.self) : String(utf16: part)
  }
}

extension String {
  /// UTF-16LE, up to the first NUL; what is no UTF-16 becomes U+FFFD.
  init(utf16 bytes: UnsafeRawBufferPointer) {
    let units = (0..<(bytes.count / 2)).lazy.map { bytes.little(2 * $0) ?? UInt16(0) }
    self = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
  }
}

extension UnsafeRawBufferPointer {
  /// The little-endian number at `offset`; nil if it does not lie in the buffer.
  func little<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
