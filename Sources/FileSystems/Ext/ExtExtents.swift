extension ExtFileSystem {
  /// Extents of the first `size` bytes of a file including holes; nil if there are too many to
  /// pass on.
  func extents(of inode: ExtInode, size: UInt64) throws(FileSystemError) -> [Extent]? {
    guard size <= UInt64(Int64.max) else { throw .damaged("the size is invalid") }
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
