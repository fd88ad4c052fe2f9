internal import CSleuthKit
package import Containers
import Evidence
package import Volumes

/// An APFS container, whose volumes share its space; TSK calls it a pool.
package final class ApfsContainer {
  private let pool: UnsafePointer<TSK_POOL_INFO>
  private let bytes: VolumeBytes
  private let start: UInt64

  /// Opens the container that begins at a byte of a medium. The medium must outlive it.
  init(_ reader: any Medium, _ image: UnsafeMutablePointer<TSK_IMG_INFO>, at start: UInt64)
    throws(ImageError)
  {
    guard let pool = tsk_pool_open_img_sing(image, TSK_OFF_T(clamping: start), TSK_POOL_TYPE_APFS)
    else { throw ImageError("the container cannot be read: \(SleuthKitImage.lastError)") }
    self.pool = pool
    self.start = start
    bytes = VolumeBytes(reader, at: start, length: .max)
  }

  deinit { tsk_pool_close(pool) }

  /// Opens the volume whose superblock is in a block; nil if TSK cannot. TSK's image for it lives
  /// as long as the file system.
  func open(_ block: UInt64) -> UnsafeMutablePointer<TSK_FS_INFO>? {
    guard let image = pool.pointee.get_img_info(pool, block) else { return nil }
    return tsk_fs_open_img(image, TSK_OFF_T(clamping: start), TSK_FS_TYPE_APFS)
  }

  /// Volumes, in the container's order.
  package func volumes() throws(ImageError) -> [ContainedVolume] {
    var volumes = [ContainedVolume]()
    var next = pool.pointee.vol_list
    while let volume = next?.pointee, volumes.count < 100 {
      let (place, overflow) = volume.block.multipliedReportingOverflow(
        by: UInt64(pool.pointee.block_size))
      // apfs_num_snapshots (Apple File System Reference, "Volumes", apfs_superblock_t).
      let snapshots = overflow ? nil : try bytes.number(place &+ 0xD8, as: UInt64.self)
      volumes.append(
        ContainedVolume(
          block: volume.block, name: volume.desc.map { String(cString: $0) } ?? "",
          isEncrypted: volume.flags.rawValue & TSK_POOL_VOLUME_FLAG_ENCRYPTED.rawValue != 0,
          snapshotCount: snapshots ?? 0))
      next = volume.next
    }
    return volumes
  }

  /// Passes on the runs that are allocated to none of its volumes, and the space behind it.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) {
    let free = FreeBlocks(start, UInt64(pool.pointee.block_size))
    let isRead = c_sleuthkit_unallocated(
      pool,
      { context, block, count in
        guard let context else { return }
        Unmanaged<FreeBlocks>.fromOpaque(context).takeUnretainedValue().add(block, count: count)
      }, Unmanaged.passUnretained(free).toOpaque())
    guard isRead, pool.pointee.num_blocks > 0 else {
      throw ImageError("the container's map of free blocks cannot be read")
    }
    for run in free.runs { try body(run) }
    try body(free.behind(pool.pointee.num_blocks - 1))
  }
}
