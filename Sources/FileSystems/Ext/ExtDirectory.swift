/// A name in a directory.
struct ExtName: Hashable {
  /// Inode that it leads to; 0 for a deleted name that leads nowhere.
  let inode: UInt32
  let bytes: [UInt8]
  /// Whether it is deleted: it is in space between entries in use, or its inode is 0.
  let isFree: Bool
}

/// A block of a directory, or one of the two parts of a directory stored in its inode.
///
/// Source: Documentation/filesystems/ext4, "Directory Entries". An entry is an inode (4 bytes),
/// its length (2), the length of the name (1), the file type (1) and the name; entries follow
/// each other without gaps. A deleted name stays in place, and the preceding entry grows over
/// it. Inner nodes of an index look like one unused entry, and a checksum at the end like
/// another (metadata_csum), so neither needs special treatment.
struct ExtDirectoryBlock {
  /// The names, in order.
  private(set) var names: [ExtName] = []
  /// Whether the entries in use follow each other correctly.
  private(set) var isWhole = true

  private static let headerSize = 8
  /// Length in bytes of the shortest entry: a name of one byte, rounded up to a multiple of 4.
  private static let smallestEntry = 12

  /// Parses the names in `block`. `isFree`: the directory itself is deleted, with all its names.
  init(_ block: FileSystemRecord, isFree: Bool, lastInode: UInt32) {
    var position = 0
    // Number of following bytes that are not in use: names in them are deleted. They are searched
    // at every multiple of 4, since nothing marks their beginning.
    var slack = 0
    while position <= block.count - Self.smallestEntry {
      let inode = block.little32(position)
      let length = Self.entryLength(block.little16(position + 4), in: block.count)
      let nameLength = Int(block.byte(position + 6))
      let needed = (Self.headerSize + nameLength + 3) & ~3
      let fits = length % 4 == 0 && length <= block.count - position
      let isUnused = inode == 0 && nameLength == 0
      guard fits, length >= max(needed, Self.smallestEntry), !isUnused, nameLength > 0,
        inode <= lastInode, slack == 0 || needed <= slack
      else {
        if slack > 0 {
          slack -= 4
        } else if fits, length >= Self.smallestEntry, isUnused {
          slack = length - 4
        } else {
          isWhole = false
        }
        position += 4
        continue
      }
      names.append(
        ExtName(
          inode: inode,
          bytes: block.bytes(
            (position + Self.headerSize)..<(position + Self.headerSize + nameLength)),
          isFree: slack > 0 || inode == 0 || isFree))
      if slack > 0 {
        slack -= needed
        position += needed
      } else if length - needed >= Self.smallestEntry {
        slack = length - needed
        position += needed
      } else {
        position += length
      }
    }
  }

  /// Length of an entry in bytes. 64 KiB do not fit into 16 bits: the lower two bits, unused in a
  /// multiple of 4, are the high bits (ext4_rec_len_from_disk).
  private static func entryLength(_ stored: UInt16, in blockSize: Int) -> Int {
    guard blockSize >= 65_536 else { return Int(stored) }
    if stored == 0 || stored == 65_535 { return blockSize }
    return Int(stored & 0xFFFC) | Int(stored & 0x3) << 16
  }
}
