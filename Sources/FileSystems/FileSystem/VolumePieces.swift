import Containers

/// Bytes of a volume, read from its image in cached pieces: metadata is clustered, and a system
/// call for every inode would dominate the cost.
final class VolumePieces {
  private let reader: any Medium
  /// Offset in bytes of the volume in the image.
  let start: UInt64
  /// Bytes of the image from there on.
  let size: UInt64
  private var pieces: [(number: UInt64, bytes: [UInt8])?]

  /// Size of a piece in bytes. It holds the largest block (64 KiB) completely, and every
  /// structure read through the pieces is inside one block.
  private static let pieceSize = 65_536

  /// Number of cached pieces: 32 MiB, the inode tables of 131,072 files of 256 bytes each.
  private static let pieceCount = 512

  init(_ reader: any Medium, at start: UInt64) {
    self.reader = reader
    self.start = start
    size = reader.size > start ? reader.size - start : 0
    pieces = Array(repeating: nil, count: Self.pieceCount)
  }

  /// Reads `count` bytes from `offset`, both in bytes of the volume, without the cache.
  func bytes(at offset: UInt64, count: Int) throws(FileSystemError) -> [UInt8] {
    let bytes = try available(at: offset, count: count)
    guard bytes.count == count else {
      throw .unreadable("the image ends before byte \(offset &+ UInt64(count)) of the volume")
    }
    return bytes
  }

  /// Reads a structure of `count` bytes at `offset`, from the cached pieces if it is inside one.
  func record(at offset: UInt64, count: Int) throws(FileSystemError) -> FileSystemRecord {
    let number = offset / UInt64(Self.pieceSize)
    let inside = Int(offset % UInt64(Self.pieceSize))
    let piece = count <= Self.pieceSize - inside ? self.piece(number) : []
    guard count <= piece.count - inside else {
      // A bad sector, or the end of the image, in one piece must not hide the rest.
      return FileSystemRecord(try bytes(at: offset, count: count), from: 0, count: count)
    }
    return FileSystemRecord(piece, from: inside, count: count)
  }

  /// Piece of the volume, shorter at the end of the image; empty if it cannot be read completely.
  /// That is cached, too, because bad sectors are slow.
  private func piece(_ number: UInt64) -> [UInt8] {
    // A multiplicative hash: tables at distances of a power of two must not evict each other.
    let slot = Int((number &* 0x9E37_79B9_7F4A_7C15) >> 55)
    if let kept = pieces[slot], kept.number == number { return kept.bytes }
    let bytes = try? available(at: number * UInt64(Self.pieceSize), count: Self.pieceSize)
    pieces[slot] = (number, bytes ?? [])
    return bytes ?? []
  }

  /// Reads up to `count` bytes from `offset`, fewer at the end of the image.
  private func available(at offset: UInt64, count: Int) throws(FileSystemError) -> [UInt8] {
    guard offset <= size, count >= 0 else {
      throw .unreadable("byte \(offset) of the volume is beyond the end of the image")
    }
    let wanted = Int(clamping: min(UInt64(count), size - offset))
    var bytes = [UInt8](repeating: 0, count: wanted)
    let result = bytes.withUnsafeMutableBytes { buffer -> Result<Int, ImageError> in
      do throws(ImageError) {
        return .success(try reader.read(into: buffer, at: start + offset))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let filled):
      bytes.removeLast(wanted - min(max(0, filled), wanted))
      return bytes
    case .failure(let error): throw .unreadable(error.description)
    }
  }
}
