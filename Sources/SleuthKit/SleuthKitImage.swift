import Bytes
internal import CSleuthKit
package import Containers
import Evidence
package import Volumes

/// An image opened by TSK in the helper process: volumes, file systems, streams.
package final class SleuthKitImage {
  package let reader: any Medium
  private let image: UnsafeMutablePointer<TSK_IMG_INFO>
  /// Context of TSK's reads; keeps the reader at a fixed address.
  private let context: UnsafeMutablePointer<any Medium>
  private var fileSystems: [VolumeAddress: SleuthKitFileSystem] = [:]
  /// Containers by the offset of their first byte.
  private var containers: [UInt64: ApfsContainer] = [:]

  package init(_ reader: any Medium) throws(ImageError) {
    self.reader = reader
    context = .allocate(capacity: 1)
    context.initialize(to: reader)
    let opened = c_sleuthkit_open_image(
      context,
      { context, offset, buffer, length in
        let reader = context!.assumingMemoryBound(to: (any Medium).self).pointee
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
    fileSystems = [:]
    containers = [:]
    tsk_img_close(image)
    context.deinitialize(count: 1)
    context.deallocate()
  }

  /// TSK's message for the last failure on this thread.
  static var lastError: String {
    guard let message = tsk_error_get() else { return "unknown error" }
    return String(cString: message)
  }

  // MARK: Volumes

  /// Volumes of the partition table, using this sector size in bytes where the table does not
  /// state one; empty without a table.
  package func volumes(sectorSize: UInt32) -> [VolumeEntry] {
    image.pointee.sector_size = sectorSize
    defer { image.pointee.sector_size = 512 }
    let kinds = [
      TSK_VS_TYPE_DETECT, TSK_VS_TYPE_GPT, TSK_VS_TYPE_DOS, TSK_VS_TYPE_MAC, TSK_VS_TYPE_BSD,
    ]
    var all = [VolumeEntry]()
    var protective = [VolumeEntry]()
    for kind in kinds {
      guard let table = tsk_vs_open(image, 0, kind) else { continue }
      defer { tsk_vs_close(table) }
      let entries = Self.entries(of: table.pointee)
      // If the GPT behind a protective MBR is damaged, its copy at the end of the medium is tried.
      let isProtective =
        table.pointee.vstype == TSK_VS_TYPE_DOS
        && entries.allSatisfy { $0.label.contains("(0xee)") }
      if entries.isEmpty { continue }
      guard !isProtective else {
        protective = entries
        continue
      }
      // A GPT and the MBR before it may name different volumes; other tables name all.
      let isOneOfTwo =
        table.pointee.vstype == TSK_VS_TYPE_DOS || table.pointee.vstype == TSK_VS_TYPE_GPT
      guard isOneOfTwo || all.isEmpty else { continue }
      for entry in entries
      where !entry.label.contains("(0xee)")
        && !all.contains(where: { $0.start == entry.start && $0.length == entry.length })
      {
        all.append(entry)
      }
      if !isOneOfTwo { break }
    }
    return all.isEmpty ? protective : all
  }

  /// Allocated entries of a partition table.
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

  /// Start and length in bytes; nil if the values are impossible.
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

  /// Opens a volume with The Sleuth Kit, once; later calls return the same file system.
  package func open(_ volume: VolumeAddress) throws(FileSystemRefusal) -> SleuthKitFileSystem {
    if let open = fileSystems[volume] { return open }
    let opened: SleuthKitFileSystem
    if volume.block == 0 {
      let found = tsk_fs_open_img(image, TSK_OFF_T(clamping: volume.start), TSK_FS_TYPE_DETECT)
      opened = SleuthKitFileSystem(try Self.opened(found), at: volume.start)
    } else {
      let container: ApfsContainer
      do throws(ImageError) { container = try self.container(at: volume.start) } catch {
        throw .unknown(error.description)
      }
      opened = SleuthKitFileSystem(
        try Self.opened(container.open(volume.block)), at: volume.start, in: container)
    }
    fileSystems[volume] = opened
    return opened
  }

  /// Converts a file system that TSK opened, or its error.
  private static func opened(_ fileSystem: UnsafeMutablePointer<TSK_FS_INFO>?)
    throws(FileSystemRefusal) -> UnsafeMutablePointer<TSK_FS_INFO>
  {
    if let fileSystem { return fileSystem }
    let message = "no readable file system: \(lastError)"
    throw c_sleuthkit_is_ambiguous() ? .ambiguous(message) : .unknown(message)
  }

  /// Opens the APFS container that begins at a byte of the image, once; later calls return the
  /// same one.
  package func container(at start: UInt64) throws(ImageError) -> ApfsContainer {
    if let open = containers[start] { return open }
    let opened = try ApfsContainer(reader, image, at: start)
    containers[start] = opened
    return opened
  }
}
