import Glibc
import Images

/// A disk that only this program can read. Several threads read it at the same time.
final class HostDisk: Medium {
  let size: UInt64
  private let descriptor: Int32

  init(_ path: RawPath) {
    descriptor = open(path.shown, O_RDONLY | O_CLOEXEC)
    size = UInt64(max(0, lseek(descriptor, 0, SEEK_END)))
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(clamping: offset))
    guard count >= 0 else { throw ImageError("the disk cannot be read at byte \(offset)") }
    return count
  }
}
