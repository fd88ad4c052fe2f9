/// Content of a small file or directory stored in its inode (inline_data): first the block map
/// field, then the value of the extended attribute `system.data` behind the inode's fields.
///
/// Source: Documentation/filesystems/ext4, "Inline Data" and "Extended Attributes";
/// fs/ext4/xattr.h.
struct ExtInlineData {
  private let inode: ExtInode
  /// Byte range in the inode of the second part; nil if there is none.
  private let value: Range<Int>?

  init(_ inode: ExtInode) throws(FileSystemError) {
    self.inode = inode
    value = try Self.value(inode)
  }

  /// The two parts as byte ranges of the inode.
  var parts: [Range<Int>] { [ExtInode.blockField] + (value.map { [$0] } ?? []) }

  /// Adds both parts.
  func add(to content: inout FileExtents) throws(FileSystemError) {
    var start: UInt64 = 0
    for part in parts {
      let length = UInt64(part.count)
      try content.add(inode.place + UInt64(part.lowerBound), at: start, length: length)
      start += length
    }
  }

  /// Finds `system.data` among the attributes in the inode.
  private static func value(_ inode: ExtInode) throws(FileSystemError) -> Range<Int>? {
    let record = inode.record
    // Attributes follow the inode's fields and a magic of 4 bytes.
    let first = inode.extraEnd + 4
    guard first <= record.count, record.little32(inode.extraEnd) == 0xEA02_0000 else { return nil }
    var place = first
    // An entry has 16 bytes and its name, rounded up to a multiple of 4; four zero bytes end the
    // list.
    while place + 16 <= record.count, record.little32(place) != 0 {
      let nameLength = Int(record.byte(place))
      guard nameLength <= record.count - place - 16 else { throw .damaged("an attribute name") }
      let name = record.bytes((place + 16)..<(place + 16 + nameLength))
      if record.byte(place + 1) == 7, name == Array("data".utf8) {
        let offset = Int(record.little16(place + 2))
        let length = record.little32(place + 8)
        guard record.little32(place + 4) == 0, offset <= record.count - first,
          length <= UInt32(record.count - first - offset)
        else { throw .damaged("inline content") }
        return length == 0 ? nil : (first + offset)..<(first + offset + Int(length))
      }
      place += 16 + (nameLength + 3) & ~3
    }
    return nil
  }
}
