import Bytes
import Evidence

/// A file or directory as its directory names it.
struct FatEntry {
  /// Name in UTF-8.
  var name: [UInt8]
  /// Number that The Sleuth Kit gives it: that of its first directory entry, or of the entry with
  /// the short name.
  let inode: UInt64
  /// Whether it is deleted.
  let isFree: Bool
  let isDirectory: Bool
  /// First cluster; 0 for an empty file.
  let first: UInt32
  /// Size in bytes; 0 for a directory of FAT12, FAT16 and FAT32.
  let size: UInt64
  /// Number of bytes ever written; the rest reads as zeros (exFAT).
  let written: UInt64
  /// Whether its clusters follow each other, without entries in the table (exFAT).
  let isContiguous: Bool
  let times: FileTimes
  /// Description of damage to its entries; nil if none is known.
  var damage: String?

  /// Name for a path: invalid characters become `^`, as in The Sleuth Kit.
  static func cleaned(_ name: [UInt8]) -> [UInt8] {
    name.map { $0 == UInt8(ascii: "/") || $0 == 0 ? UInt8(ascii: "^") : $0 }
  }
}

/// Parser of a directory's entries of 32 bytes, which come one after the other.
protocol FatDirectoryParser {
  /// Number of invalid entries in use.
  var damaged: Int { get }

  /// Adds an entry at an offset in the volume; passes on files that are complete with it.
  mutating func add(
    _ entry: UnsafeRawBufferPointer, at offset: UInt64, _ pass: (FatEntry) -> Void)

  /// Ends the directory.
  mutating func finish(_ pass: (FatEntry) -> Void)
}
