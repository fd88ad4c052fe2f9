import Evidence

/// A key of a registry hive: the record `nk`.
///
/// Maxim Suhanov, "Windows registry file format specification", "Key node".
struct RegistryKey {
  /// Its name.
  let name: String
  /// Path of names, beginning with the root's name.
  let path: String
  /// Time at which it, or a value of it, was last written.
  let written: Timestamp?
  /// Offset of its cell in the hive bins.
  let offset: UInt32
  /// Offset of its parent key's cell.
  let parent: UInt32
  /// Number of keys directly below it.
  let subkeyCount: UInt32
  /// Offset of the list of these keys.
  let subkeyList: UInt32
  /// Number of its values.
  let valueCount: UInt32
  /// Offset of the list of these values.
  let valueList: UInt32

  /// Flag of a name in Latin-1 ("Key node", "Flags").
  private static let hasLatinName: UInt16 = 0x0020

  /// Longest name in bytes: names have up to 255 characters (libregf; Windows, "Registry Element
  /// Size Limits").
  private static let longestName: UInt16 = 512

  /// Parses the key in a cell, named `root` if that is given, else by its own name below `above`;
  /// nil for another record.
  init?(_ cell: HiveCell, above: String, root: String? = nil) {
    guard cell.isRecord("nk"), let flags: UInt16 = cell.number(2),
      let time: UInt64 = cell.number(4), let parent: UInt32 = cell.number(16),
      let subkeyCount: UInt32 = cell.number(20), let subkeyList: UInt32 = cell.number(28),
      let valueCount: UInt32 = cell.number(36), let valueList: UInt32 = cell.number(40),
      let nameLength: UInt16 = cell.number(72), nameLength <= Self.longestName,
      let name = cell.name(
        at: 76, length: Int(nameLength), isLatin: flags & Self.hasLatinName != 0)
    else { return nil }
    self.name = root ?? name
    path = root ?? above + "\\" + name
    written = Timestamp(fileTime: time)
    offset = cell.offset
    self.parent = parent
    self.subkeyCount = subkeyCount
    self.subkeyList = subkeyList
    self.valueCount = valueCount
    self.valueList = valueList
  }
}

/// A value of a key: the record `vk`.
///
/// Maxim Suhanov, "Windows registry file format specification", "Key value".
struct RegistryValue {
  /// Name; empty for the default value of the key.
  let name: String
  /// Type of the data.
  let type: UInt32
  /// Size of the data in bytes.
  let size: Int
  /// Offset of the data's cell, or the data itself if `isResident`.
  let data: UInt32
  /// Whether the data is in the record ("Data size").
  let isResident: Bool

  /// Types of data that is a text, a list of texts, or a number ("Data types").
  static let texts: Set<UInt32> = [1, 2]
  static let textList: UInt32 = 7
  static let number: UInt32 = 4

  /// Parses the value in a cell; nil for another record.
  init?(_ cell: HiveCell) {
    guard cell.isRecord("vk"), let nameLength: UInt16 = cell.number(2),
      let size: UInt32 = cell.number(4), let data: UInt32 = cell.number(8),
      let type: UInt32 = cell.number(12), let flags: UInt16 = cell.number(16),
      let name = cell.name(at: 20, length: Int(nameLength), isLatin: flags & 1 != 0)
    else { return nil }
    self.name = name
    self.type = type
    self.size = Int(size & 0x7FFF_FFFF)
    self.data = data
    isResident = size & 0x8000_0000 != 0
  }
}

extension Timestamp {
  /// Converts a time in 100 ns units since 1601; nil for zero.
  init?(fileTime: UInt64) {
    guard fileTime != 0 else { return nil }
    let perSecond: UInt64 = 10_000_000
    self.init(
      seconds: Int64(fileTime / perSecond) - 11_644_473_600,
      nanoseconds: UInt32(fileTime % perSecond) * 100)
  }
}
