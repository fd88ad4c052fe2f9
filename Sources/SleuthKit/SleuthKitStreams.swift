import Bytes
internal import CSleuthKit
import Containers
import Evidence
import FileSystems

/// Streams of a file: its content, and its other data.
extension SleuthKitWalk {
  func streams(
    of file: UnsafeMutablePointer<TSK_FS_FILE>, _ meta: TSK_FS_META, at path: RawPath,
    _ state: AllocationState
  ) throws(ImageError) {
    let isFile = meta.type == TSK_FS_META_TYPE_REG
    // TSK makes no attribute for an empty APFS file, nor for content that it cannot decompress.
    var hasDefault = !isFile || !isApfs
    var hasContent = !isFile
    let count = tsk_fs_file_attr_getsize(file)
    for index in 0..<max(0, count) {
      guard let attribute = tsk_fs_file_attr_get_idx(file, index)?.pointee else { continue }
      // Some of NTFS's own files consist of an index, without data.
      if attribute.type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT { hasContent = true }
      guard let stream = Self.stream(of: attribute, isDirectory: !isFile) else { continue }
      hasContent = true
      if case .default = stream { hasDefault = true }
      try pass(attribute, stream, of: meta, at: path, state)
    }
    if !hasDefault {
      try passWithoutAttribute(file, meta, at: path, state)
    } else if !hasContent {
      try lost(path, Standing(state), "the content cannot be located: \(SleuthKitImage.lastError)")
    }
  }

  /// Passes on an APFS file whose content has no attribute: it is empty, or TSK cannot decompress
  /// it (LZFSE).
  private func passWithoutAttribute(
    _ file: UnsafeMutablePointer<TSK_FS_FILE>, _ meta: TSK_FS_META, at path: RawPath,
    _ state: AllocationState
  ) throws(ImageError) {
    // TSK sets the flag when it loads attributes, after `meta` was copied.
    let flags = file.pointee.meta?.pointee.flags ?? meta.flags
    if flags.rawValue & TSK_FS_META_FLAG_COMP.rawValue != 0 {
      try visitor.report(
        ItemProblem(
          .unsupported,
          "unsupported compression; copy the file on macOS and scan the copy"),
        at: path)
    } else if meta.size == 0,
      file.pointee.meta?.pointee.attr_state == TSK_FS_META_ATTR_STUDIED
    {
      try visitor.visit(
        FileEntry(
          path: path,
          address: StreamAddress(
            inode: meta.addr, type: TSK_FS_ATTR_TYPE_APFS_DATA.rawValue, id: 0),
          size: 0, state: state, hasOtherPaths: meta.nlink > 1, times: times(of: meta),
          extents: []))
    } else {
      try lost(path, Standing(state), "the content cannot be located: \(SleuthKitImage.lastError)")
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
      try visitor.report(
        ItemProblem(.encrypted, "encrypted: the key is not in the image"), at: path)
      return
    }
    let isResident = attribute.flags.rawValue & TSK_FS_ATTR_RES.rawValue != 0
    guard attribute.size >= 0, isResident || attribute.nrd.initsize >= 0 else {
      try lost(path, Standing(state), "the size is invalid: its metadata is damaged")
      return
    }
    var size = UInt64(attribute.size)
    var content = content(of: attribute, size: size)
    switch try joined(content?.extents, at: path) {
    case .alone: break
    case .part: return
    case .first(let extents, let length):
      size = length
      content = (extents, 0)
    }
    if content == nil, state != .allocated, lacksRuns(attribute, size) {
      try lost(path, Standing(state), "its clusters now belong to another file")
      return
    }
    if content == nil, state == .allocated {
      let runs = stored(attribute)
      if !runs.isEmpty { try visitor.own(runs, as: .content) }
    }
    try visitor.visit(
      FileEntry(
        path: path, stream: stream.name,
        address: StreamAddress(
          inode: meta.addr, type: attribute.type.rawValue, id: attribute.id),
        size: size, state: state, hasOtherPaths: meta.nlink > 1, times: times(of: meta),
        extents: content?.extents, slack: content?.slack ?? 0, isInternal: isInternal(meta)))
  }

  /// Role of an extent among the extents of a file of ISO 9660.
  private enum Role {
    case alone, part
    case first([Extent], length: UInt64)
  }

  private func joined(_ extents: [Extent]?, at path: RawPath) throws(ImageError) -> Role {
    guard let several = severalExtents, let only = extents?.first, extents?.count == 1,
      let place = only.offset, place >= start
    else { return .alone }
    if several.continuations.contains(Extent(offset: place - start, length: only.length)) {
      return .part
    }
    guard let file = several.files[place - start] else { return .alone }
    var list = ExtentList()
    for extent in file.extents {
      list.append(Extent(offset: extent.offset.map { $0 + start }, length: extent.length))
    }
    if !file.isWhole {
      try lost(path, .allocated, "the last of its extents is missing: the directory is damaged")
    }
    return .first(list.all, length: file.extents.reduce(0) { $0 + $1.length })
  }

  /// Whether an attribute is $BadClus:$Bad of NTFS: a hole as long as the volume, whose only runs
  /// are bad clusters.
  private func isListOfBadClusters(_ attribute: TSK_FS_ATTR, _ meta: TSK_FS_META) -> Bool {
    fileSystem.pointee.ftype == TSK_FS_TYPE_NTFS && meta.addr == 8
      && attribute.flags.rawValue & TSK_FS_ATTR_NONRES.rawValue != 0
  }

  /// Name of a content stream.
  private enum StreamName {
    case `default`
    case named(RawPath)

    var name: RawPath? { if case .named(let name) = self { name } else { nil } }
  }

  /// Name of an attribute that is content; nil for other attributes.
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

  private var isApfs: Bool { fileSystem.pointee.ftype == TSK_FS_TYPE_APFS }

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

  /// Whether plain content has fewer clusters than its length needs: for a deleted FAT file whose
  /// first cluster another file has reused, TSK knows only that one.
  private func lacksRuns(_ attribute: TSK_FS_ATTR, _ size: UInt64) -> Bool {
    let special =
      TSK_FS_ATTR_RES.rawValue | TSK_FS_ATTR_COMP.rawValue | TSK_FS_ATTR_ENC.rawValue
    guard attribute.flags.rawValue & special == 0, attribute.nrd.skiplen == 0 else { return false }
    let written = min(size, UInt64(clamping: attribute.nrd.initsize))
    let block = UInt64(fileSystem.pointee.block_size)
    var missing = written
    var next = attribute.nrd.run
    // A list with more runs than bytes is cyclic.
    for _ in 0..<written {
      guard missing > 0, let run = next?.pointee else { break }
      let (length, overflow) = run.len.multipliedReportingOverflow(by: block)
      missing -= overflow ? missing : min(missing, length)
      next = run.next
    }
    return missing > 0
  }

  /// Runs of an attribute on the medium, each within the file system.
  func stored(_ attribute: TSK_FS_ATTR) -> [Run] {
    guard attribute.flags.rawValue & TSK_FS_ATTR_RES.rawValue == 0 else { return [] }
    let block = UInt64(fileSystem.pointee.block_size)
    let count = fileSystem.pointee.last_block &+ 1
    var runs = [Run]()
    var next = attribute.nrd.run
    while let run = next?.pointee, runs.count < 4096 {
      next = run.next
      let skipped = TSK_FS_ATTR_RUN_FLAG_SPARSE.rawValue | TSK_FS_ATTR_RUN_FLAG_FILLER.rawValue
      guard run.flags.rawValue & skipped == 0, run.addr < count, run.len <= count - run.addr
      else { continue }
      let (length, lengthOverflows) = run.len.multipliedReportingOverflow(by: block)
      let (address, overflow) = run.addr.multipliedReportingOverflow(by: block)
      let (offset, offsetOverflows) = address.addingReportingOverflow(start)
      guard !lengthOverflows, !overflow, !offsetOverflows else { continue }
      runs.append(Run(offset: offset, length: length))
    }
    return runs
  }

  /// Whether a file belongs to the file system itself: NTFS reserves entries below 16, and HFS+
  /// reserves numbers, too.
  private func isInternal(_ meta: TSK_FS_META) -> Bool {
    let types = TSK_FS_TYPE_NTFS.rawValue | TSK_FS_TYPE_HFS.rawValue
    return fileSystem.pointee.ftype.rawValue & types != 0 && meta.addr < 16
  }

  /// Content as extents of the image if it consists of plain bytes and holes, with the number of
  /// bytes in its last run beyond its end.
  private func content(of attribute: TSK_FS_ATTR, size: UInt64) -> (
    extents: [Extent], slack: UInt64
  )? {
    let special =
      TSK_FS_ATTR_RES.rawValue | TSK_FS_ATTR_COMP.rawValue | TSK_FS_ATTR_ENC.rawValue
    guard attribute.flags.rawValue & special == 0, attribute.nrd.skiplen == 0 else { return nil }
    // Bytes that were never written read as zeros, whatever the clusters hold (NTFS: valid data
    // length).
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
      let (offset, offsetOverflows) = address.addingReportingOverflow(start)
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
}
