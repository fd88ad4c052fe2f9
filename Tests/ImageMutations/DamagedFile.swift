import Glibc

/// A private copy of a file that is damaged and restored: only changed ranges are rewritten.
final class DamagedFile {
  let path: String
  let size: Int
  private let source: Int32
  private let copy: Int32
  /// Ranges that must be restored.
  private var touched: [Range<Int>] = []

  private static let pieceSize = 1 << 20
  // Linux's SEEK_DATA and SEEK_HOLE, which the module does not show.
  private static let (toData, toHole): (Int32, Int32) = (3, 4)

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(copying original: String, to path: String) throws {
    self.path = path
    source = open(original, O_RDONLY | O_CLOEXEC)
    copy = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard source >= 0, copy >= 0 else {
      throw Failure(description: "\(original): \(String(cString: strerror(errno)))")
    }
    size = Int(lseek(source, 0, SEEK_END))
    ftruncate(copy, size)
    restore(0..<size)
  }

  deinit {
    close(source)
    close(copy)
    unlink(path)
  }

  /// Passes on the data of the original without holes, piece by piece.
  func forEachPiece(
    from first: Int = 0, to end: Int? = nil, _ body: (Int, UnsafeRawBufferPointer) -> Void
  ) {
    let end = end ?? size
    var position = first
    withUnsafeTemporaryAllocation(byteCount: Self.pieceSize, alignment: 16) { buffer in
      while position < end {
        let data = lseek(source, position, Self.toData)
        guard data >= 0, data < end else { return }
        let hole = min(end, lseek(source, data, Self.toHole))
        position = data
        while position < hole {
          let read = pread(source, buffer.baseAddress, min(buffer.count, hole - position), position)
          guard read > 0 else { return }
          body(position, UnsafeRawBufferPointer(rebasing: buffer[..<read]))
          position += read
        }
      }
    }
  }

  /// Current bytes, fewer at the end.
  func bytes(at place: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, min(count, size - place))) { buffer, filled in
      filled = max(0, pread(copy, buffer.baseAddress, buffer.count, place))
    }
  }

  func write(_ bytes: [UInt8], at place: Int) {
    let count = min(bytes.count, size - place)
    guard place >= 0, count > 0 else { return }
    touched.append(place..<place + count)
    pwrite(copy, bytes, count, place)
  }

  func cut(at end: Int) {
    touched.append(end..<size)
    ftruncate(copy, end)
  }

  /// Appends bytes at the end, where some containers have their headers.
  func append(_ bytes: [UInt8]) {
    touched.append(size..<size)
    pwrite(copy, bytes, bytes.count, size)
  }

  /// Restores the original content.
  func restore() {
    guard !touched.isEmpty else { return }
    ftruncate(copy, size)
    for range in touched { restore(range) }
    touched = []
  }

  private func restore(_ range: Range<Int>) {
    if range.count <= 1 << 16 {
      // Holes that were written to are zeros from now on.
      _ = withUnsafeTemporaryAllocation(byteCount: range.count, alignment: 16) { buffer in
        pwrite(
          copy, buffer.baseAddress,
          pread(source, buffer.baseAddress, range.count, range.lowerBound), range.lowerBound)
      }
    } else {
      forEachPiece(from: range.lowerBound, to: range.upperBound) { place, bytes in
        pwrite(copy, bytes.baseAddress, bytes.count, place)
      }
    }
  }
}
