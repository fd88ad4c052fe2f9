internal import CSleuthKit
package import Containers
package import Evidence
package import FileSystems
import Glibc

/// A file system that The Sleuth Kit opened.
package final class SleuthKitFileSystem: FileSystem {
  private let info: UnsafeMutablePointer<TSK_FS_INFO>
  /// Offset in bytes of the volume, or of its container, on the medium.
  private let start: UInt64
  /// APFS container that it shares with other volumes.
  private let container: ApfsContainer?

  /// Takes ownership of `info` and keeps its container alive.
  init(
    _ info: UnsafeMutablePointer<TSK_FS_INFO>, at start: UInt64, in container: ApfsContainer? = nil
  ) {
    self.info = info
    self.start = start
    self.container = container
  }

  deinit { tsk_fs_close(info) }

  package var typeName: String {
    tsk_fs_type_toname(info.pointee.ftype).map { String(cString: $0) } ?? "unknown"
  }

  package func walk(_ visitor: any FileSystemVisitor) throws(ImageError) {
    try SleuthKitWalk(info, at: start, visitor).run()
  }

  package func walkOrphans(_ visitor: any FileSystemVisitor, isKnown: (UInt64) -> Bool)
    throws(ImageError)
  {
    try withoutActuallyEscaping(isKnown) { isKnown throws(ImageError) in
      try SleuthKitWalk(info, at: start, visitor).runOrphans(isKnown)
    }
  }

  package func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool {
    if let container {
      try container.forEachFreeRun(body)
      return true
    }
    let free = FreeBlocks(start, UInt64(info.pointee.block_size))
    let flags = TSK_FS_BLOCK_WALK_FLAG_UNALLOC.rawValue | TSK_FS_BLOCK_WALK_FLAG_AONLY.rawValue
    let status = tsk_fs_block_walk(
      info, info.pointee.first_block, info.pointee.last_block_act,
      TSK_FS_BLOCK_WALK_FLAG_ENUM(rawValue: flags),
      { block, context in
        guard let block, let context else { return TSK_WALK_ERROR }
        Unmanaged<FreeBlocks>.fromOpaque(context).takeUnretainedValue().add(
          block.pointee.addr, count: 1)
        return TSK_WALK_CONT
      }, Unmanaged.passUnretained(free).toOpaque())
    guard status == 0 else {
      throw ImageError("the map of free blocks cannot be read: \(SleuthKitImage.lastError)")
    }
    for run in free.runs { try body(run) }
    try body(free.behind(info.pointee.last_block))
    return true
  }

  // MARK: Streams

  /// Reads part of a stream, decompressed if necessary; returns fewer bytes only at its end.
  package func read(_ address: StreamAddress, offset: UInt64, count: Int) throws(ImageError)
    -> [UInt8]
  {
    guard let file = tsk_fs_file_open_meta(info, nil, address.inode) else {
      throw ImageError("the file's metadata cannot be read: \(SleuthKitImage.lastError)")
    }
    defer { tsk_fs_file_close(file) }
    let type = TSK_FS_ATTR_TYPE_ENUM(rawValue: address.type)
    guard let attribute = tsk_fs_file_attr_get_type(file, type, address.id, 1) else {
      throw ImageError("the stream cannot be found: \(SleuthKitImage.lastError)")
    }
    let size = UInt64(clamping: attribute.pointee.size)
    guard offset < size else { return [] }
    let wanted = min(count, Int(clamping: size - offset))
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
        throw ImageError("the content cannot be read: \(SleuthKitImage.lastError)")
      }
      filled += min(read, wanted - filled)
    }
    return bytes
  }

  /// Number that TSK assigns to a data stream of an NTFS file.
  package func number(ofStream name: [UInt8], entry: UInt64) -> UInt16? {
    guard let file = tsk_fs_file_open_meta(info, nil, entry) else { return nil }
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
