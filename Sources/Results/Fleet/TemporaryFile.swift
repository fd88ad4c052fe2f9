import Bytes
import Glibc

/// A temporary file without a name, which no other process can open.
package final class TemporaryFile {
  private let descriptor: Int32
  private var pending = [UInt8]()
  private var length: UInt64 = 0
  private static let pieceSize = 1 << 20

  /// A file in `$TMPDIR`, else `/tmp`, where the system keeps temporary files.
  package init() throws(ResultError) {
    let folder = getenv("TMPDIR").map { RawPath(String(cString: $0)) } ?? "/tmp"
    var template = folder.appending("trawl.XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw ResultError(
        folder, "no temporary file: \(String(cString: strerror(errno))); set TMPDIR")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { close(descriptor) }

  package func append(_ bytes: [UInt8]) throws(ResultError) {
    pending.append(contentsOf: bytes)
    if pending.count >= Self.pieceSize { try flush() }
  }

  package func flush() throws(ResultError) {
    var start = 0
    while start < pending.count {
      let count = pending.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + start, $0.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw ResultError(
          "temporary file", "\(String(cString: strerror(errno))); set TMPDIR to a larger disk")
      }
      start += count
      length += UInt64(count)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end.
  package func read(_ count: Int, at offset: UInt64) throws(ResultError) -> [UInt8] {
    var bytes = [UInt8]()
    while bytes.count < count {
      let wanted = count - bytes.count
      let start = offset + UInt64(bytes.count)
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
        filled = max(0, pread(descriptor, buffer.baseAddress, wanted, off_t(start)))
      }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }
}
