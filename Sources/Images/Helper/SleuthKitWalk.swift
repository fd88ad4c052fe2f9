import Bytes
internal import CSleuthKit
import Evidence
import Glibc

extension SleuthKitImage {
  /// Sends every item of a volume: allocated and deleted files, orphans, alternate data streams.
  func walk(_ start: UInt64, _ send: (HelperReply) throws(ImageError) -> Void) throws(ImageError) {
    let fileSystem = try fileSystem(at: start)
    try withoutActuallyEscaping(send) { send throws(ImageError) in
      let walk = Walk(volume: start, fileSystem: fileSystem, send: send)
      let status = withExtendedLifetime(walk) {
        tsk_fs_dir_walk(
          fileSystem, fileSystem.pointee.root_inum,
          TSK_FS_DIR_WALK_FLAG_ENUM(
            rawValue: TSK_FS_DIR_WALK_FLAG_ALLOC.rawValue | TSK_FS_DIR_WALK_FLAG_UNALLOC.rawValue
              | TSK_FS_DIR_WALK_FLAG_RECURSE.rawValue),
          { file, folder, walk in
            let walk = Unmanaged<Walk>.fromOpaque(walk!).takeUnretainedValue()
            if let file { walk.take(file, in: folder) }
            return walk.failure == nil ? TSK_WALK_CONT : TSK_WALK_STOP
          }, Unmanaged.passUnretained(walk).toOpaque())
      }
      if let failure = walk.failure { throw failure }
      try walk.sendIgnored()
      if status != 0 {
        throw ImageError("the directories could not be read to the end: \(Self.lastError)")
      }
    }
  }
}

/// One walk over the names of a file system.
private final class Walk {
  private let volume: UInt64
  private let fileSystem: UnsafeMutablePointer<TSK_FS_INFO>
  private let send: (HelperReply) throws(ImageError) -> Void
  private var ignored: [IgnoredKind: UInt32] = [:]
  private(set) var failure: ImageError?

  init(
    volume: UInt64, fileSystem: UnsafeMutablePointer<TSK_FS_INFO>,
    send: @escaping (HelperReply) throws(ImageError) -> Void
  ) {
    self.volume = volume
    self.fileSystem = fileSystem
    self.send = send
  }

  func sendIgnored() throws(ImageError) {
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try send(.ignored(kind, count: count))
    }
  }

  func take(_ file: UnsafeMutablePointer<TSK_FS_FILE>, in folder: UnsafePointer<CChar>?) {
    do throws(ImageError) {
      try pass(file, in: folder)
    } catch {
      failure = error
    }
  }

  private func pass(
    _ file: UnsafeMutablePointer<TSK_FS_FILE>, in folder: UnsafePointer<CChar>?
  ) throws(ImageError) {
    guard let name = file.pointee.name, let text = name.pointee.name else { return }
    let bytes = Self.bytes(of: text)
    if bytes == [0x2E] || bytes == [0x2E, 0x2E] { return }
    let path = RawPath([0x2F] + (folder.map { Self.bytes(of: $0) } ?? []) + bytes)
    guard let meta = file.pointee.meta else {
      // A deleted name whose metadata is gone leads to no content.
      ignore(.namesWithoutContent)
      return
    }
    guard let state = Self.state(name.pointee, meta.pointee, folder) else {
      ignore(.reallocatedNames)
      return
    }
    switch meta.pointee.type {
    case TSK_FS_META_TYPE_REG, TSK_FS_META_TYPE_DIR: break
    case TSK_FS_META_TYPE_LNK:
      ignore(.symbolicLinks)
      return
    default:
      ignore(.specialFiles)
      return
    }
    let isDirectory = meta.pointee.type == TSK_FS_META_TYPE_DIR
    if isDirectory { ignore(.directories) }
    let count = tsk_fs_file_attr_getsize(file)
    guard count > 0 else {
      if !isDirectory {
        try send(.problem(path: path, message: "content not found: \(SleuthKitImage.lastError)"))
      }
      return
    }
    var hasContent = isDirectory
    for index in 0..<count {
      guard let attribute = tsk_fs_file_attr_get_idx(file, index) else { continue }
      if try pass(attribute.pointee, of: meta.pointee, at: path, state, isDirectory: isDirectory) {
        hasContent = true
      }
    }
    if !hasContent { ignore(.namesWithoutContent) }
  }

  /// Sends a stream; false for an attribute that is no content.
  private func pass(
    _ attribute: TSK_FS_ATTR, of meta: TSK_FS_META, at path: RawPath, _ state: AllocationState,
    isDirectory: Bool
  ) throws(ImageError) -> Bool {
    guard let stream = Self.stream(of: attribute, isDirectory: isDirectory) else { return false }
    if isListOfBadClusters(attribute, meta) {
      ignore(.namesWithoutContent)
      return true
    }
    let size = UInt64(clamping: attribute.size)
    try send(
      .item(
        ItemEntry(
          path: path, stream: stream.name,
          address: StreamAddress(
            volume: volume, inode: meta.addr, type: attribute.type.rawValue, id: attribute.id),
          size: size, state: state, hasOtherPaths: meta.nlink > 1, times: times(of: meta),
          extents: extents(of: attribute, size: size))))
    return true
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
  private static func state(
    _ name: TSK_FS_NAME, _ meta: TSK_FS_META, _ folder: UnsafePointer<CChar>?
  ) -> AllocationState? {
    let metaIsFree = meta.flags.rawValue & TSK_FS_META_FLAG_UNALLOC.rawValue != 0
    let nameIsFree = name.flags.rawValue & TSK_FS_NAME_FLAG_UNALLOC.rawValue != 0
    if !metaIsFree { return nameIsFree ? nil : .allocated }
    let isOrphan = folder.map { bytes(of: $0).starts(with: Array("$OrphanFiles".utf8)) } ?? false
    return isOrphan ? .orphan : .deleted
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

  /// The content as extents of the image, if it is nothing but plain bytes and holes.
  private func extents(of attribute: TSK_FS_ATTR, size: UInt64) -> [Extent]? {
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
    while remaining > 0, let run = next?.pointee {
      let isHole = run.flags == TSK_FS_ATTR_RUN_FLAG_SPARSE
      guard isHole || run.flags == TSK_FS_ATTR_RUN_FLAG_NONE, run.offset == expected, run.len > 0,
        extents.all.count < 500_000
      else { return nil }
      let (length, lengthOverflows) = run.len.multipliedReportingOverflow(by: block)
      let (address, addressOverflows) = run.addr.multipliedReportingOverflow(by: block)
      let (offset, offsetOverflows) = address.addingReportingOverflow(volume)
      guard !lengthOverflows, isHole || (!addressOverflows && !offsetOverflows) else { return nil }
      let taken = min(length, remaining)
      extents.append(Extent(offset: isHole ? nil : offset, length: taken))
      remaining -= taken
      expected = expected &+ run.len
      next = run.next
    }
    guard remaining == 0 else { return nil }
    extents.append(Extent(offset: nil, length: size - written))
    return extents.all
  }

  private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}

/// Extents in order; what follows its predecessor on the disk becomes one with it.
private struct ExtentList {
  private(set) var all: [Extent] = []

  mutating func append(_ extent: Extent) {
    guard extent.length > 0 else { return }
    if let last = all.last, last.offset.map({ $0 + last.length }) == extent.offset {
      all[all.count - 1] = Extent(offset: last.offset, length: last.length + extent.length)
    } else {
      all.append(extent)
    }
  }
}
