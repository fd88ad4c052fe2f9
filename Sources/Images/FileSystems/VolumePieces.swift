/// The bytes of a volume, read from its image in pieces that are kept for a while: metadata lies
/// close together, and a call of the system for every inode would be most of the work.
final class VolumePieces {
  private let reader: any ImageReader
  /// The first byte of the volume in the image.
  let start: UInt64
  /// How many bytes the image has from there on.
  let size: UInt64
  private var pieces: [(number: UInt64, bytes: [UInt8])?]

  /// A piece in bytes. It holds the largest block whole (64 KiB), and every structure that is read
  /// through the pieces lies inside of one block.
  private static let pieceSize = 65_536

  /// So many pieces are kept: 32 MiB, the inode tables of 131,072 files of 256 bytes each.
  private static let pieceCount = 512

  init(_ reader: any ImageReader, at start: UInt64) {
    self.reader = reader
    self.start = start
    size = reader.size > start ? reader.size - start : 0
    pieces = Array(repeating: nil, count: Self.pieceCount)
  }

  /// `count` bytes from `offset` on, both in bytes of the volume, read anew.
  func bytes(at offset: UInt64, count: Int) throws(FileSystemError) -> [UInt8] {
    let bytes = try available(at: offset, count: count)
    guard bytes.count == count else {
      throw .unreadable("the image ends before byte \(offset &+ UInt64(count)) of the volume")
    }
    return bytes
  }

  /// A structure of `count` bytes at `offset`, from the pieces where it lies in one.
  func record(at offset: UInt64, count: Int) throws(FileSystemError) -> FileSystemRecord {
    let number = offset / UInt64(Self.pieceSize)
    let inside = Int(offset % UInt64(Self.pieceSize))
    let piece = count <= Self.pieceSize - inside ? self.piece(number) : []
    guard count <= piece.count - inside else {
      // What a bad sector or the end of the image takes from a piece must not hide the rest.
      return FileSystemRecord(try bytes(at: offset, count: count), from: 0, count: count)
    }
    return FileSystemRecord(piece, from: inside, count: count)
  }

  /// A piece of the volume, shorter at the end of the image; empty if it cannot be read as a whole,
  /// which is remembered, since a bad sector takes its time.
  private func piece(_ number: UInt64) -> [UInt8] {
    // A multiplicative hash: tables that lie a power of two apart must not push each other out.
    let slot = Int((number &* 0x9E37_79B9_7F4A_7C15) >> 55)
    if let kept = pieces[slot], kept.number == number { return kept.bytes }
    let bytes = try? available(at: number * UInt64(Self.pieceSize), count: Self.pieceSize)
    pieces[slot] = (number, bytes ?? [])
    return bytes ?? []
  }

  /// Up to `count` bytes from `offset` on, fewer at the end of the image.
  private func available(at offset: UInt64, count: Int) throws(FileSystemError) -> [UInt8] {
    guard offset <= size, count >= 0 else {
      throw .unreadable("byte \(offset) of the volume lies behind the end of the image")
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
