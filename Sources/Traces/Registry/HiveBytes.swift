import Bytes

/// Bytes of a registry hive and its cells, valid while they are borrowed.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf),
/// "Base block" and "Cell"; Joachim Metz, "Windows NT Registry File (REGF) format" (libregf).
/// All numbers are little-endian. Every offset is untrusted and checked; a mapped file may
/// change meanwhile, so each number is read once.
struct HiveBytes {
  private let bytes: UnsafeRawBufferPointer

  /// Size in bytes of the base block. The hive bins follow it, and cell offsets are relative to
  /// them ("Base block", note 1).
  static let baseLength = 4096

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Number at `offset` of the file; nil beyond the end.
  func number<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    bytes.little(offset)
  }

  /// Content of the allocated cell at `offset` of the hive bins; nil if there is none.
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

  /// Whether the checksum of the base block is correct.
  var isChecksumValid: Bool { checksum.map { $0 == bytes.little(508) } ?? false }

  /// Checksum of the base block: the exclusive or of its first 508 bytes, with the two values that Windows replaces
  /// ("Base block", note 2); nil if the bytes are too few.
  var checksum: UInt32? {
    var sum: UInt32 = 0
    for offset in stride(from: 0, to: 508, by: 4) {
      guard let word: UInt32 = bytes.little(offset) else { return nil }
      sum ^= word
    }
    if sum == .max { sum = .max - 1 }
    return sum == 0 ? 1 : sum
  }
}

/// Content of one allocated cell.
struct HiveCell {
  /// Offset of the cell in the hive bins.
  let offset: UInt32
  /// Bytes that follow the size.
  let bytes: UnsafeRawBufferPointer

  /// Number at `offset` of the cell; nil beyond its end.
  func number<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    bytes.little(offset)
  }

  /// Whether the record in the cell begins with these two letters.
  func isRecord(_ signature: StaticString) -> Bool {
    bytes.count >= 2 && bytes[0] == signature.utf8Start[0] && bytes[1] == signature.utf8Start[1]
  }

  /// Name of `length` bytes at `offset`, in Latin-1 or UTF-16; nil beyond the end.
  func name(at offset: Int, length: Int, isLatin: Bool) -> String? {
    guard length >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
    let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
    return isLatin
      ? String(decoding: part.lazy.map { UInt16($0) }, as: UTF16.self) : String(utf16: part)
  }
}

extension String {
  /// Decodes UTF-16LE up to the first NUL; invalid units become U+FFFD.
  init(utf16 bytes: UnsafeRawBufferPointer) {
    let units = (0..<(bytes.count / 2)).lazy.map { bytes.little(2 * $0) ?? UInt16(0) }
    self = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
  }
}
