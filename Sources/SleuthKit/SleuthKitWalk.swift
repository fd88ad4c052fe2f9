import Bytes
internal import CSleuthKit
import Containers
import Evidence
import FileSystems
import Glibc

/// Walks the names of a file system that The Sleuth Kit opened. TSK's own walk
/// (tsk_fs_dir_walk) silently skips directories that it cannot read, and everything 128 levels
/// deep. This one opens and accounts for every directory.
final class SleuthKitWalk: DirectoryWalk {
  /// Offset in bytes of the volume on the medium.
  let start: UInt64
  let fileSystem: UnsafeMutablePointer<TSK_FS_INFO>
  let visitor: any FileSystemVisitor
  var ignored: [IgnoredKind: UInt32] = [:]
  var folders = FolderQueue()
  private var structures = ParsedStructures()
  /// Whether another reader has passed on the file with a number.
  private var isKnown: (UInt64) -> Bool = { _ in false }
  /// Files of several extents in the directory that is listed; nil if the format has none.
  private(set) var severalExtents: IsoDirectory?

  init(
    _ fileSystem: UnsafeMutablePointer<TSK_FS_INFO>, at start: UInt64,
    _ visitor: any FileSystemVisitor
  ) {
    self.start = start
    self.fileSystem = fileSystem
    self.visitor = visitor
  }

  /// No limit: most file systems have no list of unnamed inodes in which deeper files would be
  /// found.
  var maximumPathLength: Int { .max }

  func run() throws(ImageError) {
    try listAll(from: fileSystem.pointee.root_inum)
    for area in FatAreas.tables(fileSystem.pointee, at: start) {
      structures.add(area.offset, length: area.length)
    }
    try structures.report(to: visitor)
    try reportIgnored()
  }

  /// Lists The Sleuth Kit's own folder for deleted files that no directory names, without those
  /// that are known.
  func runOrphans(_ isKnown: @escaping (UInt64) -> Bool) throws(ImageError) {
    self.isKnown = isKnown
    try enter(
      fileSystem.pointee.last_inum, named: "$OrphanFiles", in: "/", depth: 0, .allocated)
    try listWaiting()
    try structures.report(to: visitor)
    try reportIgnored()
    self.isKnown = { _ in false }
  }

  func list(_ folder: Folder) throws(ImageError) {
    let path = folder.path
    guard let directory = tsk_fs_dir_open_meta(fileSystem, folder.inode) else {
      try lost(
        path, folder.standing, "the directory cannot be read: \(SleuthKitImage.lastError)")
      return
    }
    defer { tsk_fs_dir_close(directory) }
    if let file = directory.pointee.fs_file {
      for index in 0..<max(0, tsk_fs_file_attr_getsize(file)) {
        guard let attribute = tsk_fs_file_attr_get_idx(file, index)?.pointee else { continue }
        for run in stored(attribute) { structures.add(run.offset, length: run.length) }
      }
      severalExtents = isoDirectory(file)
    }
    var namesItself = false
    for index in 0..<tsk_fs_dir_getsize(directory) {
      guard let file = tsk_fs_dir_get(directory, index) else {
        try lost(path, folder.standing, "a name cannot be read: \(SleuthKitImage.lastError)")
        continue
      }
      defer { tsk_fs_file_close(file) }
      guard let name = file.pointee.name, let text = name.pointee.name else { continue }
      let bytes = Self.bytes(of: text)
      if bytes == [0x2E] {
        namesItself = true
      } else if bytes != [0x2E, 0x2E] {
        try visit(file, name.pointee, named: RawPath(bytes), in: folder, path)
      }
    }
    if !namesItself, directoriesNameThemselves, folder.standing.isInUse, !isVirtual(folder.inode) {
      try lost(path, .allocated, "the directory is damaged: it does not name itself")
    }
  }

  /// Content of an ISO 9660 directory, up to 64 MiB.
  private func isoDirectory(_ file: UnsafeMutablePointer<TSK_FS_FILE>) -> IsoDirectory? {
    guard fileSystem.pointee.ftype == TSK_FS_TYPE_ISO9660, let meta = file.pointee.meta,
      (1...(64 << 20)).contains(meta.pointee.size)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(meta.pointee.size))
    let count = bytes.withUnsafeMutableBytes { buffer in
      tsk_fs_file_read(
        file, 0, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count,
        TSK_FS_FILE_READ_FLAG_NONE)
    }
    bytes.removeLast(bytes.count - min(max(0, count), bytes.count))
    return IsoDirectory(bytes, blockSize: UInt64(fileSystem.pointee.block_size))
  }

  private func visit(
    _ file: UnsafeMutablePointer<TSK_FS_FILE>, _ name: TSK_FS_NAME, named text: RawPath,
    in folder: Folder, _ folderPath: RawPath
  ) throws(ImageError) {
    let path = folderPath.appending(text)
    let nameIsFree = name.flags.rawValue & TSK_FS_NAME_FLAG_UNALLOC.rawValue != 0
    let deleted = nameIsFree && file.pointee.meta == nil ? metadata(of: name) : nil
    defer { if let deleted { tsk_fs_file_close(deleted) } }
    let file = deleted ?? file
    guard let meta = file.pointee.meta?.pointee, meta.type != TSK_FS_META_TYPE_UNDEF else {
      // A deleted name without metadata leads to no content; an allocated name must lead to some.
      try lost(
        path, nameIsFree ? Standing(.deleted) : folder.standing,
        "the file's metadata cannot be read")
      return
    }
    guard !isKnown(meta.addr) else { return }
    guard let state = state(meta, nameIsFree: nameIsFree, in: folder) else {
      ignore(.reallocatedNames)
      return
    }
    switch meta.type {
    case TSK_FS_META_TYPE_REG: break
    case TSK_FS_META_TYPE_DIR, TSK_FS_META_TYPE_VIRT_DIR:
      ignore(meta.type == TSK_FS_META_TYPE_DIR ? .directories : .specialFiles)
      try enter(
        meta.addr, named: text, in: folderPath, depth: folder.depth, Standing(state))
    case TSK_FS_META_TYPE_LNK:
      ignore(.symbolicLinks)
      return
    default:
      ignore(.specialFiles)
      return
    }
    try streams(of: file, meta, at: path, state)
  }

  /// Metadata of a deleted name, which TSK does not attach. NTFS increments the sequence number
  /// of an entry when it is freed; an entry that was incremented again belongs to another file.
  private func metadata(of name: TSK_FS_NAME) -> UnsafeMutablePointer<TSK_FS_FILE>? {
    guard name.meta_addr != 0, name.meta_addr <= fileSystem.pointee.last_inum,
      let file = tsk_fs_file_open_meta(fileSystem, nil, name.meta_addr)
    else { return nil }
    let sequence = file.pointee.meta.map { $0.pointee.seq } ?? 0
    if let meta = file.pointee.meta,
      meta.pointee.flags.rawValue & TSK_FS_META_FLAG_UNALLOC.rawValue != 0,
      sequence == name.meta_seq || sequence == name.meta_seq &+ 1
    {
      return file
    }
    tsk_fs_file_close(file)
    return nil
  }

  // MARK: TSK's structures

  /// State of a file; nil for a deleted name whose metadata now belongs to another file. TSK
  /// reports a name in a stale index entry as allocated; its metadata has the actual state.
  private func state(_ meta: TSK_FS_META, nameIsFree: Bool, in folder: Folder) -> AllocationState? {
    if meta.flags.rawValue & TSK_FS_META_FLAG_UNALLOC.rawValue == 0 {
      return nameIsFree ? nil : .allocated
    }
    return folder.standing.state == .orphan || isVirtual(folder.inode) ? .orphan : .deleted
  }

  /// TSK's own folder for orphans, which is not part of the file system.
  private func isVirtual(_ inode: UInt64) -> Bool { inode == fileSystem.pointee.last_inum }

  /// Whether even an empty directory has the entry `.`: one without it is damaged.
  private var directoriesNameThemselves: Bool {
    let types =
      TSK_FS_TYPE_EXT2.rawValue | TSK_FS_TYPE_EXT3.rawValue | TSK_FS_TYPE_EXT4.rawValue
      | TSK_FS_TYPE_FFS1.rawValue | TSK_FS_TYPE_FFS1B.rawValue | TSK_FS_TYPE_FFS2.rawValue
    return fileSystem.pointee.ftype.rawValue & types != 0
  }

  static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
