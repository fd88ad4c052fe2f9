import Bytes

/// Header of an installed package in an rpm database.
///
/// rpm.org, "RPM V4 package format", "Header": the number of entries and the size of their
/// data, both big-endian; entries of tag, type, offset and count; the data. Database entries
/// omit the magic that precedes it in a package.
struct RpmHeader {
  private let bytes: UnsafeRawBufferPointer
  private let entryCount: Int
  private let data: UnsafeRawBufferPointer

  /// Tags ("Header tags").
  enum Tag: UInt32 {
    case name = 1000
    case version = 1001
    case release = 1002
    case installTime = 1008
    case vendor = 1011
    case packager = 1015
    case url = 1020
  }

  /// Data types: 32-bit number, text, and text in several languages.
  private enum DataType {
    static let number: UInt32 = 4
    static let texts: Set<UInt32> = [6, 9]
  }

  private static let entryLength = 16
  private static let preambleLength = 8
  /// Number of bytes of a text that are kept at most.
  private static let mostBytes = 1024

  /// Parses the header in `bytes`; nil if entries and data exceed them.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let count = bytes.big(0), let length = bytes.big(4) else { return nil }
    let start = Self.preambleLength + Int(count) * Self.entryLength
    guard count > 0, start <= bytes.count, Int(length) <= bytes.count - start else { return nil }
    self.bytes = bytes
    entryCount = Int(count)
    data = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Int(length))])
  }

  /// Text of a tag, in the first language.
  func text(_ tag: Tag) -> String? {
    guard let (type, offset) = entry(tag), DataType.texts.contains(type), offset < data.count
    else { return nil }
    let text = data[offset...].prefix(Self.mostBytes).prefix { $0 != 0 }
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }

  /// First number of a tag.
  func number(_ tag: Tag) -> UInt32? {
    guard let (type, offset) = entry(tag), type == DataType.number else { return nil }
    return data.big(offset)
  }

  private func entry(_ tag: Tag) -> (type: UInt32, offset: Int)? {
    for index in 0..<entryCount {
      let start = Self.preambleLength + index * Self.entryLength
      guard bytes.big(start) == tag.rawValue else { continue }
      guard let type = bytes.big(start + 4), let offset = bytes.big(start + 8) else { return nil }
      return (type, Int(offset))
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// Big-endian 32-bit number at `offset`; nil if it is not inside the buffer.
  func big(_ offset: Int) -> UInt32? {
    little(offset, as: UInt32.self)?.byteSwapped
  }
}
