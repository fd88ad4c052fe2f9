import Containers

/// The log of an XFS file system, as far as it says whether all of it was applied.
///
/// Source: fs/xfs/libxfs/xfs_log_format.h (xlog_rec_header, xlog_op_header); xlog_check_unmount_rec in xfs_log_recover.c.
extension XfsFileSystem {
  private static let blockSize = 512
  private static let recordMagic: UInt32 = 0xFEED_BABE
  private static let pieceSize = 1 << 20
  /// The last record of a log that was unmounted.
  private static let unmountFlag: UInt8 = 0x20

  /// State of the log.
  enum LogState {
    case applied
    /// It has changes that are not applied.
    case unapplied
    /// It is on another device, and may have some.
    case elsewhere
    /// It cannot be read.
    case unreadable
  }

  /// The state of the log. `isAlive` is called now and then: a log has up to 2 GiB.
  func logState(_ isAlive: () throws(ImageError) -> Void) throws(ImageError) -> LogState {
    let (start, blocks) = (superblock.logStart, superblock.logBlocks)
    guard start != 0 else { return .elsewhere }
    guard blocks > 0, let first = try? offset(ofBlocks: start, count: blocks) else {
      return .unreadable
    }
    let length = blocks << UInt64(superblock.blockBits)
    var last: (lsn: UInt64, place: UInt64)?
    for piece in stride(from: 0, to: length, by: Self.pieceSize) {
      try isAlive()
      let count = Int(min(UInt64(Self.pieceSize), length - piece))
      guard let bytes = try? volume.bytes(at: first + piece, count: count) else {
        return .unreadable
      }
      let log = FileSystemRecord(bytes, from: 0, count: count)
      for block in stride(from: 0, to: count - Self.blockSize + 1, by: Self.blockSize)
      where log.big32(block) == Self.recordMagic {
        let lsn = log.big64(block + 16)
        if lsn >= last?.lsn ?? 0 { last = (lsn, piece + UInt64(block)) }
      }
    }
    guard let last else { return .applied }
    guard let header = try? volume.record(at: first + last.place, count: Self.blockSize) else {
      return .unreadable
    }
    // Records above 32 KiB have further blocks of header (version 2).
    let size = UInt64(header.big32(320))
    let headers = header.big32(8) & 2 != 0 ? max(1, (size + 32_767) / 32_768) : 1
    let operation = (last.place + headers * UInt64(Self.blockSize)) % length
    guard let first = try? volume.record(at: first + operation, count: Self.blockSize) else {
      return .unreadable
    }
    let isUnmounted = header.big32(40) == 1 && first.byte(9) & Self.unmountFlag != 0
    return isUnmounted ? .applied : .unapplied
  }
}
