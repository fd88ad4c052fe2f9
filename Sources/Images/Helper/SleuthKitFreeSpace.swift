internal import CSleuthKit
import Evidence

extension SleuthKitImage {
  /// Sends the runs of a volume that are allocated to nothing, in order. What lies behind the file system
  /// is such a run, too: without an end, since only the parent knows where the volume ends.
  func freeSpace(_ volume: VolumeAddress, _ send: (Run) throws(ImageError) -> Void)
    throws(ImageError)
  {
    switch try fileSystemReader(at: volume) {
    case .ntfs(let geometry): return try NtfsTable(reader, geometry).forEachFreeRun(send)
    case .xfs(let xfs): return try xfs.forEachFreeRun(send)
    case .ext, .sleuthKit: break
    }
    if volume.block != 0 {
      try container(at: volume.start).freeSpace(send)
      return
    }
    let fileSystem = try fileSystem(at: volume)
    let free = FreeBlocks(volume.start, UInt64(fileSystem.pointee.block_size))
    let flags = TSK_FS_BLOCK_WALK_FLAG_UNALLOC.rawValue | TSK_FS_BLOCK_WALK_FLAG_AONLY.rawValue
    let first = fileSystem.pointee.first_block
    let last = fileSystem.pointee.last_block_act
    let status = tsk_fs_block_walk(
      fileSystem, first, last, TSK_FS_BLOCK_WALK_FLAG_ENUM(rawValue: flags),
      { block, context in
        guard let block, let context else { return TSK_WALK_ERROR }
        Unmanaged<FreeBlocks>.fromOpaque(context).takeUnretainedValue().add(
          block.pointee.addr, count: 1)
        return TSK_WALK_CONT
      }, Unmanaged.passUnretained(free).toOpaque())
    guard status == 0 else {
      throw ImageError("the map of free blocks cannot be read: \(Self.lastError)")
    }
    for run in free.runs { try send(run) }
    try send(free.behind(fileSystem.pointee.last_block))
  }
}

/// Joins free blocks to runs.
final class FreeBlocks {
  private let start: UInt64
  private let size: UInt64
  private(set) var runs: [Run] = []

  init(_ start: UInt64, _ size: UInt64) {
    self.start = start
    self.size = size
  }

  func add(_ block: UInt64, count: UInt64) {
    let (offset, overflow) = block.multipliedReportingOverflow(by: size)
    let (place, placeOverflows) = offset.addingReportingOverflow(start)
    let (length, lengthOverflows) = count.multipliedReportingOverflow(by: size)
    guard !overflow, !placeOverflows, !lengthOverflows else { return }
    if let last = runs.last, last.offset &+ last.length == place, last.length <= .max - length {
      runs[runs.count - 1] = Run(offset: last.offset, length: last.length + length)
    } else {
      runs.append(Run(offset: place, length: length))
    }
  }

  func behind(_ lastBlock: UInt64) -> Run {
    let end = lastBlock.addingReportingOverflow(1)
    let offset = end.partialValue.multipliedReportingOverflow(by: size)
    let place = offset.partialValue.addingReportingOverflow(start)
    guard !end.overflow, !offset.overflow, !place.overflow else { return Run(offset: 0, length: 0) }
    return Run(offset: place.partialValue, length: UInt64.max - place.partialValue)
  }
}
