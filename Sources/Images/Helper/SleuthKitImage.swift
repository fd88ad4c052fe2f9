import Bytes
internal import CSleuthKit
import Evidence

/// An image as TSK sees it, in the helper process: volumes, file systems, streams.
final class SleuthKitImage {
  let reader: any ImageReader
  private let image: UnsafeMutablePointer<TSK_IMG_INFO>
  /// The context of TSK's reads; it keeps the reader's address where TSK can find it.
  private let context: UnsafeMutablePointer<any ImageReader>
  private var fileSystems: [VolumeAddress: UnsafeMutablePointer<TSK_FS_INFO>] = [:]
  /// By their first byte.
  private var containers: [UInt64: ApfsContainer] = [:]
  private var logicalVolumes: [VolumeAddress: HelperVolume] = [:]

  init(_ reader: any ImageReader) throws(ImageError) {
    self.reader = reader
    context = .allocate(capacity: 1)
    context.initialize(to: reader)
    let opened = c_sleuthkit_open_image(
      context,
      { context, offset, buffer, length in
        let reader = context!.assumingMemoryBound(to: (any ImageReader).self).pointee
        guard offset >= 0 else { return -1 }
        let target = UnsafeMutableRawBufferPointer(start: buffer, count: length)
        do throws(ImageError) { return try reader.read(into: target, at: UInt64(offset)) } catch {
          return -1
        }
      }, Int64(clamping: reader.size), 512)
    guard let opened else {
      context.deinitialize(count: 1)
      context.deallocate()
      throw ImageError("the image could not be opened: \(Self.lastError)")
    }
    image = opened
  }

  deinit {
    for fileSystem in fileSystems.values { tsk_fs_close(fileSystem) }
    containers = [:]
    tsk_img_close(image)
    context.deinitialize(count: 1)
    context.deallocate()
  }

  /// TSK's words for what failed last on this thread.
  static var lastError: String {
    guard let message = tsk_error_get() else { return "unknown error" }
    return String(cString: message)
  }

  // MARK: Volumes

  /// The volumes of the partition table, by sectors of so many bytes where the table does not say; empty without one.
  func volumes(sectorSize: UInt32) -> [VolumeEntry] {
    image.pointee.sector_size = sectorSize
    defer { image.pointee.sector_size = 512 }
    let kinds = [
      TSK_VS_TYPE_DETECT, TSK_VS_TYPE_GPT, TSK_VS_TYPE_DOS, TSK_VS_TYPE_MAC, TSK_VS_TYPE_BSD,
    ]
    var protective = [VolumeEntry]()
    for kind in kinds {
      guard let table = tsk_vs_open(image, 0, kind) else { continue }
      defer { tsk_vs_close(table) }
      let entries = Self.entries(of: table.pointee)
      // An MBR that only protects a GPT: where that is damaged, its copy at the end of the medium is looked for.
      let isProtective =
        table.pointee.vstype == TSK_VS_TYPE_DOS
        && entries.allSatisfy { $0.label.contains("(0xee)") }
      if entries.isEmpty { continue }
      guard isProtective else { return entries }
      protective = entries
    }
    return protective
  }

  /// The allocated entries of a partition table.
  private static func entries(of table: TSK_VS_INFO) -> [VolumeEntry] {
    var entries = [VolumeEntry]()
    var next = table.part_list
    while let part = next, entries.count < 4096 {
      if part.pointee.flags.rawValue & TSK_VS_PART_FLAG_ALLOC.rawValue != 0,
        let (start, length) = bytes(of: part.pointee, in: table)
      {
        let label = part.pointee.desc.map { String(cString: $0) } ?? ""
        entries.append(VolumeEntry(start: start, length: length, label: label))
      }
      next = part.pointee.next
    }
    return entries
  }

  /// Start and length in bytes; nil if the numbers are impossible.
  private static func bytes(of part: TSK_VS_PART_INFO, in table: TSK_VS_INFO)
    -> (start: UInt64, length: UInt64)?
  {
    let block = UInt64(table.block_size)
    let (start, startOverflows) = part.start.multipliedReportingOverflow(by: block)
    let (length, lengthOverflows) = part.len.multipliedReportingOverflow(by: block)
    let (begin, beginOverflows) = start.addingReportingOverflow(UInt64(table.offset))
    guard !startOverflows, !lengthOverflows, !beginOverflows, begin <= UInt64(Int64.max) else {
      return nil
    }
    return (begin, length)
  }

  /// What the file system of a volume is called.
  func fileSystemName(at volume: VolumeAddress) throws(ImageError) -> String {
    switch try fileSystemReader(at: volume) {
    case .ntfs: return "ntfs"
    case .ext(let ext): return ext.superblock.typeName
    case .xfs: return "xfs"
    case .sleuthKit: break
    }
    let fileSystem = try fileSystem(at: volume)
    return tsk_fs_type_toname(fileSystem.pointee.ftype).map { String(cString: $0) } ?? "unknown"
  }

  /// What TSK takes a file system for, as far as others read it.
  enum Kind {
    case ntfs, ext, other
  }

  /// What TSK takes for the file system of a volume.
  func kind(at volume: VolumeAddress) throws(ImageError) -> Kind {
    let type = try fileSystem(at: volume).pointee.ftype.rawValue
    let ext = TSK_FS_TYPE_EXT2.rawValue | TSK_FS_TYPE_EXT3.rawValue | TSK_FS_TYPE_EXT4.rawValue
    return type & TSK_FS_TYPE_NTFS.rawValue != 0 ? .ntfs : type & ext != 0 ? .ext : .other
  }

  /// The file system of a volume; opened once.
  func fileSystem(at volume: VolumeAddress) throws(ImageError) -> UnsafeMutablePointer<TSK_FS_INFO>
  {
    if let open = fileSystems[volume] { return open }
    let opened =
      volume.block == 0
      ? tsk_fs_open_img(image, TSK_OFF_T(clamping: volume.start), TSK_FS_TYPE_DETECT)
      : try container(at: volume.start).open(volume.block)
    guard let opened else {
      throw ImageError("no file system that can be read: \(Self.lastError)")
    }
    fileSystems[volume] = opened
    return opened
  }

  /// The APFS container that begins at a byte of the image; opened once.
  func container(at start: UInt64) throws(ImageError) -> ApfsContainer {
    if let open = containers[start] { return open }
    let opened = try ApfsContainer(reader, image, at: start)
    containers[start] = opened
    return opened
  }

  /// A volume as it is asked for; a logical one is opened once.
  func volume(at address: VolumeAddress) throws(ImageError) -> HelperVolume {
    let ordinary = HelperVolume(image: self, address: address)
    guard address.block != 0 else { return ordinary }
    if let open = logicalVolumes[address] { return open }
    guard let volume = try HelperVolume(logical: address, of: reader) else { return ordinary }
    logicalVolumes[address] = volume
    return volume
  }

  // MARK: Streams

  /// Part of a stream, decompressed where it is compressed; fewer bytes only at its end.
  func read(_ address: StreamAddress, offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    let fileSystem = try fileSystem(at: address.volume)
    guard let file = tsk_fs_file_open_meta(fileSystem, nil, address.inode) else {
      throw ImageError("the file's metadata cannot be read: \(Self.lastError)")
    }
    defer { tsk_fs_file_close(file) }
    let type = TSK_FS_ATTR_TYPE_ENUM(rawValue: address.type)
    guard let attribute = tsk_fs_file_attr_get_type(file, type, address.id, 1) else {
      throw ImageError("the stream cannot be found: \(Self.lastError)")
    }
    let size = UInt64(clamping: attribute.pointee.size)
    guard offset < size else { return [] }
    let wanted = min(count, Int(clamping: size - offset), Frame.maximumLength - 1)
    var bytes = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    while filled < wanted {
      let read = bytes[filled...].withUnsafeMutableBytes { piece in
        tsk_fs_attr_read(
          attribute, TSK_OFF_T(clamping: offset + UInt64(filled)),
          piece.baseAddress?.assumingMemoryBound(to: CChar.self), piece.count,
          TSK_FS_FILE_READ_FLAG_NONE)
      }
      guard read > 0 else {
        throw ImageError("the content cannot be read: \(Self.lastError)")
      }
      filled += min(read, wanted - filled)
    }
    return bytes
  }
}
