import Containers
import Evidence

extension ExtFileSystem {
  /// Passes on the runs that are free in all groups' bitmaps. A group whose bitmap was never
  /// written is free except for its structures, which the walk reports. Then passes on the space
  /// behind the last block, open-ended. Source: Documentation/filesystems/ext4, "Block and Inode
  /// Bitmaps".
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool {
    var run: Range<UInt64>?
    func add(_ blocks: Range<UInt64>) throws(ImageError) {
      if let open = run, open.upperBound == blocks.lowerBound {
        run = open.lowerBound..<blocks.upperBound
        return
      }
      if let open = run { try body(place(of: open)) }
      run = blocks
    }
    for group in 0..<groupCount {
      let first = superblock.firstDataBlock + group * superblock.blocksPerGroup
      guard first < superblock.blockCount else { break }
      let end = min(first + superblock.blocksPerGroup, superblock.blockCount)
      let bitmap: FileSystemRecord?
      do throws(FileSystemError) { bitmap = try blockBitmap(ofGroup: group) } catch {
        throw ImageError("the free-block map of group \(group) cannot be read: \(error)")
      }
      guard let bitmap else {
        try add(first..<end)
        continue
      }
      var block = first
      var bit = 0
      while block < end, bit / 8 < bitmap.count {
        let next = min(block + superblock.blocksPerBit, end)
        if bitmap.byte(bit / 8) == 0xFF, bit % 8 == 0 {
          // Nearly all bytes of the bitmap are 0xFF or 0.
          bit += 8
          block += 8 * superblock.blocksPerBit
          continue
        }
        if bitmap.byte(bit / 8) & 1 << (bit % 8) == 0 { try add(block..<next) }
        bit += 1
        block = next
      }
    }
    if let run { try body(place(of: run)) }
    let end = volume.start + superblock.blockCount * UInt64(superblock.blockSize)
    try body(Run(offset: end, length: UInt64.max - end))
    return true
  }

  private func place(of blocks: Range<UInt64>) -> Run {
    let size = UInt64(superblock.blockSize)
    return Run(
      offset: volume.start + blocks.lowerBound * size,
      length: (blocks.upperBound - blocks.lowerBound) * size)
  }

  /// Block bitmap of a group; nil if it was never written.
  private func blockBitmap(ofGroup number: UInt64) throws(FileSystemError) -> FileSystemRecord? {
    let group = try group(number)
    if group.hasNoBlockBitmap { return nil }
    guard canHoldContent(group.blockBitmap, count: 1) else {
      throw .damaged("the bitmap of group \(number) is outside the file system")
    }
    return try volume.record(
      at: group.blockBitmap * UInt64(superblock.blockSize), count: superblock.blockSize)
  }
}
