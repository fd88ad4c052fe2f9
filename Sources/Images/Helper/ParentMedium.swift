import Containers
import Glibc
import HelperProcesses

/// A medium of the parent: an embedder's own, which has no file name. It is read over the
/// pipe, in the middle of an answer.
final class ParentMedium: Medium, @unchecked Sendable {
  // A helper has one thread.
  private let stream: FrameStream
  let size: UInt64

  /// Limit of the bytes in one request.
  static let pieceSize = 1 << 20

  init(_ stream: FrameStream, size: UInt64) {
    self.stream = stream
    self.size = size
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    guard offset < size else { return 0 }
    let count = Int(min(UInt64(buffer.count), size - offset))
    var filled = 0
    while filled < count {
      let bytes = try ask(offset + UInt64(filled), min(count - filled, Self.pieceSize))
      guard !bytes.isEmpty else { break }
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + bytes.count)])
        .copyBytes(from: bytes)
      filled += bytes.count
    }
    return filled
  }

  private func ask(_ offset: UInt64, _ count: Int) throws(ImageError) -> [UInt8] {
    let answer: HelperRequest?
    do throws(FrameStream.Failure) {
      try stream.send(HelperReply.need(offset: offset, count: UInt32(count)).frame)
      try stream.flush()
      let frame = try stream.receive(.init(seconds: nil))
      answer = try? HelperRequest(frame)
    } catch {
      answer = nil
    }
    switch answer {
    case .supply(let bytes) where bytes.count <= count: return bytes
    case .refuse(let message): throw ImageError(message)
    default:
      // The parent is gone, or violates the protocol, so nothing can be reported.
      exit(1)
    }
  }
}
