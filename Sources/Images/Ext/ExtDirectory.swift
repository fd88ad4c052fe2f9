/// A name of a directory.
struct ExtName: Hashable {
  /// The inode that it leads to; 0 for one that was deleted and leads nowhere.
  let inode: UInt32
  let bytes: [UInt8]
  /// Whether it was deleted: it lies where the names in use leave room, or its inode is 0.
  let isFree: Bool
}

/// A block of a directory, or one of the two parts of a directory that lies in its inode.
///
/// Source: Documentation/filesystems/ext4, "Directory Entries". An entry is an inode (4 bytes), its
/// length (2), the length of the name (1), the type of the file (1) and the name; entries follow each
/// other without a gap. A deleted name stays where it is, and the entry before it grows over it.
/// The inner nodes of an index of names look like one unused entry, and a checksum at the end like
/// another (metadata_csum), so nothing needs to be known of them.
struct ExtDirectoryBlock {
  /// The names, in order.
  private(set) var names: [ExtName] = []
  /// Whether the entries in use follow each other as they must.
  private(set) var isWhole = true

  private static let headerSize = 8
  /// No entry is shorter: a name of one byte, to a multiple of 4.
  private static let smallestEntry = 12

  /// Finds the names in `block`. `isFree`: the directory itself is deleted, and all its names.
  init(_ block: FileSystemRecord, isFree: Bool, lastInode: UInt32) {
    var position = 0
    // How many bytes from here on are not in use: names in them were deleted. They are looked for at
    // every multiple of 4, since nothing says where one begins.
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

  /// The length of an entry in bytes. 16 bits do not hold 64 KiB: the lower two bits, which a multiple
  /// of 4 does not need, are those above (ext4_rec_len_from_disk).
  private static func entryLength(_ stored: UInt16, in blockSize: Int) -> Int {
    guard blockSize >= 65_536 else { return Int(stored) }
    if stored == 0 || stored == 65_535 { return blockSize }
    return Int(stored & 0xFFFC) | Int(stored & 0x3) << 16
  }
}
