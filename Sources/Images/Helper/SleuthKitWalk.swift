import Bytes
internal import CSleuthKit
import Evidence
import Glibc

extension SleuthKitImage {
  /// Sends every item of a volume: allocated and deleted files, orphans, alternate data streams.
  func walk(_ volume: VolumeAddress, _ send: (HelperReply) throws(ImageError) -> Void)
    throws(ImageError)
  {
    try withoutActuallyEscaping(send) { send throws(ImageError) in
      switch try fileSystemReader(at: volume) {
      case .ntfs(let geometry):
        let table = try NtfsTable(reader, geometry)
        try NtfsWalk(
          table, identifier: { self.identifier(ofStream: $1, entry: $0, volume: volume) }, send
        ).run()
      case .ext(let ext): try ExtWalk(ext, send).run()
      case .xfs(let xfs): try XfsWalk(xfs, send).run()
      case .sleuthKit:
        try Walk(volume: volume, fileSystem: try fileSystem(at: volume), send: send).run()
      }
    }
  }

  /// The number that TSK gives a stream of data of an NTFS file.
  private func identifier(ofStream name: [UInt8], entry: UInt64, volume: VolumeAddress) -> UInt16? {
    guard let fileSystem = try? fileSystem(at: volume),
      let file = tsk_fs_file_open_meta(fileSystem, nil, entry)
    else { return nil }
    defer { tsk_fs_file_close(file) }
    let wanted = name.withUnsafeBytes { NtfsName.utf8($0) }
    for index in 0..<max(0, tsk_fs_file_attr_getsize(file)) {
      guard let attribute = tsk_fs_file_attr_get_idx(file, index)?.pointee,
        attribute.type == TSK_FS_ATTR_TYPE_NTFS_DATA
      else { continue }
      let bytes = attribute.name.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
      if bytes ?? [] == wanted || wanted.isEmpty && bytes == Array("$Data".utf8) {
        return attribute.id
      }
    }
    return nil
  }
}

/// One walk over the names of a file system. TSK's own (tsk_fs_dir_walk) passes over directories that
/// it cannot read, and over what lies 128 deep, without a word: here each is opened and accounted for.
private final class Walk {
  private let volume: VolumeAddress
  private let fileSystem: UnsafeMutablePointer<TSK_FS_INFO>
  private let send: (HelperReply) throws(ImageError) -> Void
  private var ignored: [IgnoredKind: UInt32] = [:]
  private var waiting: [Folder] = []
  private var entered: Set<UInt64> = []

  /// A directory to be read.
  private struct Folder {
    let inode: UInt64
    let path: RawPath
    let depth: Int
    let state: AllocationState
  }

  /// No file system allows so many; a chain this long is an attack on whoever joins the names.
  private let maximumDepth = 4096

  init(
    volume: VolumeAddress, fileSystem: UnsafeMutablePointer<TSK_FS_INFO>,
    send: @escaping (HelperReply) throws(ImageError) -> Void
  ) {
    self.volume = volume
    self.fileSystem = fileSystem
    self.send = send
  }

  func run() throws(ImageError) {
    enter(Folder(inode: fileSystem.pointee.root_inum, path: "/", depth: 0, state: .allocated))
    while let folder = waiting.popLast() { try list(folder) }
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try send(.ignored(kind, count: count))
    }
  }

  /// Each directory once: a damaged one may hold itself.
  private func enter(_ folder: Folder) {
    if entered.insert(folder.inode).inserted { waiting.append(folder) }
  }

  private func list(_ folder: Folder) throws(ImageError) {
    guard let directory = tsk_fs_dir_open_meta(fileSystem, folder.inode) else {
      try lost(
        folder.path, folder.state, "the directory cannot be read: \(SleuthKitImage.lastError)")
      return
    }
    defer { tsk_fs_dir_close(directory) }
    var namesItself = false
    for index in 0..<tsk_fs_dir_getsize(directory) {
      guard let file = tsk_fs_dir_get(directory, index) else {
        try lost(folder.path, folder.state, "a name cannot be read: \(SleuthKitImage.lastError)")
        continue
      }
      defer { tsk_fs_file_close(file) }
      guard let name = file.pointee.name, let text = name.pointee.name else { continue }
      let bytes = Self.bytes(of: text)
      if bytes == [0x2E] {
        namesItself = true
      } else if bytes != [0x2E, 0x2E] {
        try take(file, name.pointee, at: folder.path.appending(RawPath(bytes)), in: folder)
      }
    }
    if !namesItself, directoriesNameThemselves, folder.state == .allocated, !isVirtual(folder.inode)
    {
      try lost(folder.path, .allocated, "the directory is damaged: it does not name itself")
    }
  }

  private func take(
    _ file: UnsafeMutablePointer<TSK_FS_FILE>, _ name: TSK_FS_NAME, at path: RawPath,
    in folder: Folder
  ) throws(ImageError) {
    let nameIsFree = name.flags.rawValue & TSK_FS_NAME_FLAG_UNALLOC.rawValue != 0
    let deleted = nameIsFree && file.pointee.meta == nil ? metadata(of: name) : nil
    defer { if let deleted { tsk_fs_file_close(deleted) } }
    let file = deleted ?? file
    guard let meta = file.pointee.meta?.pointee, meta.type != TSK_FS_META_TYPE_UNDEF else {
      // A deleted name whose metadata is gone leads to no content; an allocated one must.
      try lost(path, nameIsFree ? .deleted : folder.state, "the file's metadata cannot be read")
      return
    }
    guard let state = state(meta, nameIsFree: nameIsFree, in: folder) else {
      ignore(.reallocatedNames)
      return
    }
    switch meta.type {
    case TSK_FS_META_TYPE_REG: break
    case TSK_FS_META_TYPE_DIR, TSK_FS_META_TYPE_VIRT_DIR:
      ignore(meta.type == TSK_FS_META_TYPE_DIR ? .directories : .specialFiles)
      if folder.depth >= maximumDepth {
        try lost(path, state, "the directory lies too deep")
      } else {
        enter(Folder(inode: meta.addr, path: path, depth: folder.depth + 1, state: state))
      }
    case TSK_FS_META_TYPE_LNK:
      ignore(.symbolicLinks)
      return
    default:
      ignore(.specialFiles)
      return
    }
    try streams(of: file, meta, at: path, state)
  }

  /// The metadata of a deleted name, which TSK does not attach: NTFS counts the sequence number of an
  /// entry up when it is freed. One that has been counted up further is another file's.
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

  private func streams(
    of file: UnsafeMutablePointer<TSK_FS_FILE>, _ meta: TSK_FS_META, at path: RawPath,
    _ state: AllocationState
  ) throws(ImageError) {
    let isFile = meta.type == TSK_FS_META_TYPE_REG
    // TSK makes no attribute for an empty file of APFS, and none for content that it cannot decompress.
    var hasDefault = !isFile || !isApfs
    var hasContent = !isFile
    let count = tsk_fs_file_attr_getsize(file)
    for index in 0..<max(0, count) {
      guard let attribute = tsk_fs_file_attr_get_idx(file, index)?.pointee else { continue }
      // Some files of NTFS itself are an index and no data.
      if attribute.type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT { hasContent = true }
      guard let stream = Self.stream(of: attribute, isDirectory: !isFile) else { continue }
      hasContent = true
      if case .default = stream { hasDefault = true }
      try pass(attribute, stream, of: meta, at: path, state)
    }
    if !hasDefault {
      try passWithoutAttribute(file, meta, at: path, state)
    } else if !hasContent {
      try lost(path, state, "the content cannot be found: \(SleuthKitImage.lastError)")
    }
  }

  /// A file of APFS whose content has no attribute: it is empty, or TSK does not know how it is compressed
  /// (LZFSE).
  private func passWithoutAttribute(
    _ file: UnsafeMutablePointer<TSK_FS_FILE>, _ meta: TSK_FS_META, at path: RawPath,
    _ state: AllocationState
  ) throws(ImageError) {
    // The flag is set when attributes are loaded, after `meta` was copied.
    let flags = file.pointee.meta?.pointee.flags ?? meta.flags
    if flags.rawValue & TSK_FS_META_FLAG_COMP.rawValue != 0 {
      try send(
        .problem(
          path: path, .unsupported,
          message: "compressed in a way that is not read; copy the file with macOS and scan that"))
    } else if meta.size == 0,
      file.pointee.meta?.pointee.attr_state == TSK_FS_META_ATTR_STUDIED
    {
      try send(
        .item(
          ItemEntry(
            path: path, stream: nil,
            address: StreamAddress(
              volume: volume, inode: meta.addr, type: TSK_FS_ATTR_TYPE_APFS_DATA.rawValue, id: 0),
            size: 0, state: state, hasOtherPaths: meta.nlink > 1, times: times(of: meta),
            extents: [])))
    } else {
      try lost(path, state, "the content cannot be found: \(SleuthKitImage.lastError)")
    }
  }

  private func pass(
    _ attribute: TSK_FS_ATTR, _ stream: StreamName, of meta: TSK_FS_META, at path: RawPath,
    _ state: AllocationState
  ) throws(ImageError) {
    if isListOfBadClusters(attribute, meta) {
      ignore(.namesWithoutContent)
      return
    }
    if attribute.flags.rawValue & TSK_FS_ATTR_ENC.rawValue != 0 {
      try send(.problem(path: path, .encrypted, message: "encrypted: its key is not in the image"))
      return
    }
    let isResident = attribute.flags.rawValue & TSK_FS_ATTR_RES.rawValue != 0
    guard attribute.size >= 0, isResident || attribute.nrd.initsize >= 0 else {
      try lost(path, state, "the size is impossible: its metadata is damaged")
      return
    }
    let size = UInt64(attribute.size)
    let content = content(of: attribute, size: size)
    if content == nil, state != .allocated, lacksRuns(attribute, size) {
      try lost(path, state, "its clusters are another file's by now")
      return
    }
    try send(
      .item(
        ItemEntry(
          path: path, stream: stream.name,
          address: StreamAddress(
            volume: volume, inode: meta.addr, type: attribute.type.rawValue, id: attribute.id),
          size: size, state: state, hasOtherPaths: meta.nlink > 1, times: times(of: meta),
          extents: content?.extents, slack: content?.slack ?? 0)))
  }

  /// Accounts for content that cannot be had: of what is deleted that is ordinary, of what is not it is a
  /// failure, and the scan is not complete.
  private func lost(_ path: RawPath, _ state: AllocationState, _ message: String)
    throws(ImageError)
  {
    guard state == .allocated else {
      ignore(.namesWithoutContent)
      return
    }
    try send(.problem(path: path, .unreadable, message: message))
  }

  private func ignore(_ kind: IgnoredKind) { ignored[kind, default: 0] &+= 1 }

  // MARK: What TSK's structures mean

  /// $BadClus:$Bad of NTFS: a hole as long as the volume, whose only runs are clusters that are bad.
  private func isListOfBadClusters(_ attribute: TSK_FS_ATTR, _ meta: TSK_FS_META) -> Bool {
    fileSystem.pointee.ftype == TSK_FS_TYPE_NTFS && meta.addr == 8
      && attribute.flags.rawValue & TSK_FS_ATTR_NONRES.rawValue != 0
  }

  /// The name of a stream of content.
  private enum StreamName {
    case `default`
    case named(RawPath)

    var name: RawPath? { if case .named(let name) = self { name } else { nil } }
  }

  /// Which attributes are content, and by what name; nil for the others.
  private static func stream(of attribute: TSK_FS_ATTR, isDirectory: Bool) -> StreamName? {
    let name = attribute.name.map { bytes(of: $0) } ?? []
    switch attribute.type {
    case TSK_FS_ATTR_TYPE_NTFS_DATA:
      let isDefault = name.isEmpty || name == Array("$Data".utf8)
      return isDefault ? .default : .named(RawPath(name))
    case TSK_FS_ATTR_TYPE_DEFAULT, TSK_FS_ATTR_TYPE_HFS_DATA: return isDirectory ? nil : .default
    case TSK_FS_ATTR_TYPE_HFS_RSRC: return isDirectory ? nil : .named("rsrc")
    default: return nil
    }
  }

  /// nil for a deleted name whose metadata belongs to another file by now. A name of an index entry
  /// that is stale is called allocated by TSK; its metadata tells the truth.
  private func state(_ meta: TSK_FS_META, nameIsFree: Bool, in folder: Folder) -> AllocationState? {
    if meta.flags.rawValue & TSK_FS_META_FLAG_UNALLOC.rawValue == 0 {
      return nameIsFree ? nil : .allocated
    }
    return folder.state == .orphan || isVirtual(folder.inode) ? .orphan : .deleted
  }

  private var isApfs: Bool { fileSystem.pointee.ftype == TSK_FS_TYPE_APFS }

  /// TSK's own folder for orphans, which no file system has.
  private func isVirtual(_ inode: UInt64) -> Bool { inode == fileSystem.pointee.last_inum }

  /// Whether an empty directory has `.` all the same: one without is damaged.
  private var directoriesNameThemselves: Bool {
    let types =
      TSK_FS_TYPE_EXT2.rawValue | TSK_FS_TYPE_EXT3.rawValue | TSK_FS_TYPE_EXT4.rawValue
      | TSK_FS_TYPE_FFS1.rawValue | TSK_FS_TYPE_FFS1B.rawValue | TSK_FS_TYPE_FFS2.rawValue
    return fileSystem.pointee.ftype.rawValue & types != 0
  }

  private func times(of meta: TSK_FS_META) -> FileTimes {
    func time(_ seconds: time_t, _ nanoseconds: UInt32) -> Timestamp? {
      seconds == 0
        ? nil : Timestamp(seconds: Int64(seconds), nanoseconds: min(nanoseconds, 999_999_999))
    }
    let fat =
      TSK_FS_TYPE_FAT12.rawValue | TSK_FS_TYPE_FAT16.rawValue | TSK_FS_TYPE_FAT32.rawValue
      | TSK_FS_TYPE_EXFAT.rawValue
    return FileTimes(
      modified: time(meta.mtime, meta.mtime_nano), created: time(meta.crtime, meta.crtime_nano),
      accessed: time(meta.atime, meta.atime_nano), changed: time(meta.ctime, meta.ctime_nano),
      areLocal: fileSystem.pointee.ftype.rawValue & fat != 0)
  }

  /// Whether plain content has fewer clusters than it is long: of a deleted file of FAT TSK knows the first one only
  /// when another file has that by now.
  private func lacksRuns(_ attribute: TSK_FS_ATTR, _ size: UInt64) -> Bool {
    let special =
      TSK_FS_ATTR_RES.rawValue | TSK_FS_ATTR_COMP.rawValue | TSK_FS_ATTR_ENC.rawValue
    guard attribute.flags.rawValue & special == 0, attribute.nrd.skiplen == 0 else { return false }
    let written = min(size, UInt64(clamping: attribute.nrd.initsize))
    let block = UInt64(fileSystem.pointee.block_size)
    var missing = written
    var next = attribute.nrd.run
    // A list of more runs than there are bytes leads in circles.
    for _ in 0..<written {
      guard missing > 0, let run = next?.pointee else { break }
      let (length, overflow) = run.len.multipliedReportingOverflow(by: block)
      missing -= overflow ? missing : min(missing, length)
      next = run.next
    }
    return missing > 0
  }

  /// The content as extents of the image, if it is nothing but plain bytes and holes; and how many bytes
  /// of its last run are behind its end.
  private func content(of attribute: TSK_FS_ATTR, size: UInt64) -> (
    extents: [Extent], slack: UInt64
  )? {
    let special =
      TSK_FS_ATTR_RES.rawValue | TSK_FS_ATTR_COMP.rawValue | TSK_FS_ATTR_ENC.rawValue
    guard attribute.flags.rawValue & special == 0, attribute.nrd.skiplen == 0 else { return nil }
    // What was never written reads as zeros, whatever the clusters hold (NTFS: valid data length).
    let written = min(size, UInt64(clamping: attribute.nrd.initsize))
    let block = UInt64(fileSystem.pointee.block_size)
    var extents = ExtentList()
    var remaining = written
    var next = attribute.nrd.run
    var expected: UInt64 = 0
    var slack: UInt64 = 0
    while remaining > 0, let run = next?.pointee {
      let isHole = run.flags == TSK_FS_ATTR_RUN_FLAG_SPARSE
      guard isHole || run.flags == TSK_FS_ATTR_RUN_FLAG_NONE, run.offset == expected, run.len > 0,
        extents.all.count < 500_000
      else { return nil }
      let (length, lengthOverflows) = run.len.multipliedReportingOverflow(by: block)
      let (address, addressOverflows) = run.addr.multipliedReportingOverflow(by: block)
      let (offset, offsetOverflows) = address.addingReportingOverflow(volume.start)
      guard !lengthOverflows, isHole || (!addressOverflows && !offsetOverflows) else { return nil }
      let taken = min(length, remaining)
      extents.append(Extent(offset: isHole ? nil : offset, length: taken))
      remaining -= taken
      slack = isHole ? 0 : length - taken
      expected = expected &+ run.len
      next = run.next
    }
    guard remaining == 0 else { return nil }
    extents.append(Extent(offset: nil, length: size - written))
    return (extents.all, slack)
  }

  private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
