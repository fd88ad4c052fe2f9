import Bytes
import Glibc

/// The lock of the one process that writes a case. It is flock(2) on the file itself, which SQLite does not use, so
/// that readers are never kept out, and which the kernel releases with the process.
struct CaseLock: ~Copyable {
  private let descriptor: Int32

  /// Creates the file if it does not exist, and locks it.
  init(_ path: RawPath) throws(CaseError) {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = path.withCString { open($0, flags, 0o600) } ?? -1
    guard descriptor >= 0 else {
      throw CaseError(
        .unusable, "\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw CaseError(
        .notACase, "\(path.shown): not a regular file; choose another name for the case")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      guard number == EWOULDBLOCK else {
        throw CaseError(
          .unusable, "\(path.shown): cannot be locked: \(String(cString: strerror(number)))")
      }
      throw CaseError(
        .locked,
        "\(path.shown): another scan is writing this case; wait for it, or choose another name")
    }
    self.descriptor = descriptor
  }

  // SQLite's own locks go with any descriptor of the file that is closed: this one is closed last.
  deinit { close(descriptor) }
}
