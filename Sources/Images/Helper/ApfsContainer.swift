internal import CSleuthKit
import Evidence

/// Volumes of APFS share the space of their container, which TSK calls a pool.
extension SleuthKitImage {
  /// The APFS container that begins at a byte of the image; opened once.
  func container(at start: UInt64) throws(ImageError) -> UnsafePointer<TSK_POOL_INFO> {
    if let open = containers[start] { return open }
    guard
      let opened = tsk_pool_open_img_sing(image, TSK_OFF_T(clamping: start), TSK_POOL_TYPE_APFS)
    else { throw ImageError("the container cannot be read: \(Self.lastError)") }
    containers[start] = opened
    return opened
  }

  /// What TSK opens one of its volumes in. It lives as long as the file system does, which is as long as
  /// this process.
  func containedImage(_ volume: VolumeAddress) throws(ImageError)
    -> UnsafeMutablePointer<TSK_IMG_INFO>
  {
    let container = try container(at: volume.start)
    guard let image = container.pointee.get_img_info(container, volume.block) else {
      throw ImageError("the volume cannot be opened: \(Self.lastError)")
    }
    return image
  }

  /// Its volumes, in the order in which it lists them.
  func containedVolumes(at start: UInt64) throws(ImageError) -> [ContainedVolume] {
    let container = try container(at: start).pointee
    var volumes = [ContainedVolume]()
    var next = container.vol_list
    while let volume = next?.pointee, volumes.count < 100 {
      let (place, overflow) = volume.block.multipliedReportingOverflow(
        by: UInt64(container.block_size))
      let superblock = VolumeBytes(reader, at: start, length: .max)
      // apfs_num_snapshots (Apple File System Reference, "Volumes", apfs_superblock_t).
      let count = overflow ? nil : try superblock.number(place &+ 0xD8, as: UInt64.self)
      volumes.append(
        ContainedVolume(
          block: volume.block, name: volume.desc.map { String(cString: $0) } ?? "",
          isEncrypted: volume.flags.rawValue & TSK_POOL_VOLUME_FLAG_ENCRYPTED.rawValue != 0,
          snapshotCount: count ?? 0))
      next = volume.next
    }
    return volumes
  }

  /// Sends the runs that the container has allocated to none of its volumes, and what lies behind it.
  func freeSpace(ofContainerAt start: UInt64, _ send: (Run) throws(ImageError) -> Void)
    throws(ImageError)
  {
    let container = try container(at: start)
    let free = FreeBlocks(start, UInt64(container.pointee.block_size))
    let isRead = c_sleuthkit_unallocated(
      container,
      { context, block, count in
        guard let context else { return }
        Unmanaged<FreeBlocks>.fromOpaque(context).takeUnretainedValue().add(block, count: count)
      }, Unmanaged.passUnretained(free).toOpaque())
    guard isRead, let last = container.pointee.num_blocks.checkedPredecessor else {
      throw ImageError("the container's map of free blocks cannot be read")
    }
    for run in free.runs { try send(run) }
    try send(free.behind(last))
  }
}

extension UInt64 {
  /// One less; nil for 0.
  fileprivate var checkedPredecessor: UInt64? { self == 0 ? nil : self - 1 }
}
