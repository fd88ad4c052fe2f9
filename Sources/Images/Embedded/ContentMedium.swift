import Bytes
import Containers
import Evidence
import Locks

/// The content of an item as the bytes of a medium. Zeros that replace bytes of it are errors here: what lies on them
/// must not seem clean.
final class ContentMedium: Medium {
  let size: UInt64
  /// Pieces of open files that hold it; empty if it must be read.
  private let stored: [FilePiece]
  /// Offset of each piece.
  private let starts: [UInt64]
  private let content: Locked<Content>

  /// A content is open for one thread at a time.
  private struct Content: @unchecked Sendable {
    let opened: any OpenContent
  }

  init(_ content: any OpenContent) {
    size = content.facts.size
    var pieces = [FilePiece]()
    if case .files(let files) = content.residence { pieces = files }
    var starts = [UInt64]()
    var end: UInt64 = 0
    for piece in pieces {
      starts.append(end)
      end += piece.length
    }
    let isWhole = end == size
    stored = isWhole ? pieces : []
    self.starts = isWhole ? starts : []
    self.content = Locked(Content(opened: content))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    guard offset < size else { return 0 }
    let count = Int(min(UInt64(buffer.count), size - offset))
    nonisolated(unsafe) let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    let outcome = content.withLock { content -> Result<Int, ImageError> in
      let before = content.opened.damagedReads
      do throws(ItemProblem) {
        let read = try content.opened.read(into: target, at: offset)
        guard content.opened.damagedReads == before else {
          let reason = content.opened.damage?.reason ?? .unreadable
          return .failure(
            ImageError("bytes of the image's file at byte \(offset) cannot be read", reason))
        }
        return .success(read)
      } catch {
        return .failure(ImageError(error.message, error.reason))
      }
    }
    let read = try outcome.get()
    guard read == count else {
      throw ImageError("the image's file ends at byte \(offset + UInt64(read))", .truncated)
    }
    return read
  }

  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? {
    guard let piece = pieces(of: run, limit: 1)?.first, let descriptor = piece.descriptor else {
      return nil
    }
    return (descriptor, piece.offset)
  }

  func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]? {
    guard !stored.isEmpty, run.upperBound <= size else { return nil }
    var pieces = [FilePiece]()
    var index = max(1, starts.partitionPoint { $0 > run.lowerBound }) - 1
    var position = run.lowerBound
    while position < run.upperBound {
      guard index < stored.count, pieces.count < limit else { return nil }
      let piece = stored[index]
      let inside = position - starts[index]
      let length = min(piece.length - inside, run.upperBound - position)
      pieces.append(
        FilePiece(
          descriptor: piece.descriptor, offset: piece.descriptor == nil ? 0 : piece.offset + inside,
          length: length))
      position += length
      index += 1
    }
    return pieces
  }

  func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    guard offset < size else { return 0 }
    return min(content.withLock { $0.opened.zeros(from: offset) }, limit, size - offset)
  }
}
