extension ExtFileSystem {
  /// Where the first `size` bytes of a file lie, holes included; nil if in more pieces than can be
  /// passed on.
  func extents(of inode: ExtInode, size: UInt64) throws(FileSystemError) -> [Extent]? {
    guard size <= UInt64(Int64.max) else { throw .damaged("the size is impossible") }
    var content = FileExtents(size: size)
    if inode.flags.contains(.inlineData) {
      try ExtInlineData(inode).add(to: &content)
    } else if inode.flags.contains(.extents) {
      var tree = ExtentTree(self)
      try tree.add(root: inode.blockField, to: &content)
    } else {
      var map = ExtBlockMap(self)
      try map.add(inode.blockField, to: &content)
    }
    if content.hasTooMany { return nil }
    content.finish()
    return content.extents
  }
}
