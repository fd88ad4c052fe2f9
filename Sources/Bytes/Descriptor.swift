package import Glibc

/// An open file descriptor with one owner; closed at the end of its lifetime.
package struct Descriptor: ~Copyable {
  package let number: Int32

  /// Takes ownership of an open descriptor.
  package init(adopting number: Int32) { self.number = number }

  /// Opens `path` for reading only. Never blocks on a pipe or device, never becomes a controlling
  /// terminal, and keeps the access time where the kernel allows that (open(2), O_NOATIME).
  package init(reading path: RawPath, followingLink: Bool, directory: Bool = false)
    throws(SystemCallError)
  {
    var flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    if !followingLink { flags |= O_NOFOLLOW }
    if directory { flags |= O_DIRECTORY }
    var number = Self.openAny(path, flags | noAccessTimeFlag)
    if number == -1, errno == EPERM { number = Self.openAny(path, flags) }
    guard number >= 0 else { throw SystemCallError(last: "open") }
    self.number = number
  }

  /// Copies an open descriptor of the caller; the copy is closed in other programs.
  package init(copying number: Int32) throws(SystemCallError) {
    let copy = retryingInterrupts { fcntl(number, F_DUPFD_CLOEXEC, 0) }
    guard copy >= 0 else { throw SystemCallError(last: "fcntl") }
    self.number = copy
  }

  deinit { if number >= 0 { close(number) } }

  /// The file's metadata (fstat(2)).
  package func status() throws(SystemCallError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemCallError(last: "fstat") }
    return status
  }

  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(SystemCallError) -> Int
  {
    var filled = 0
    while filled < buffer.count {
      let count = retryingInterrupts {
        pread(
          number, buffer.baseAddress! + filled, buffer.count - filled,
          off_t(clamping: offset) + off_t(filled))
      }
      guard count >= 0 else { throw SystemCallError(last: "read") }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  private static func openAny(_ path: RawPath, _ flags: Int32) -> Int32 {
    let number = open(path, flags)
    return number == -1 && errno == ENAMETOOLONG ? openLong(path, flags) : number
  }

  private static func open(_ path: RawPath, _ flags: Int32) -> Int32 {
    let opened = path.withCString { text in retryingInterrupts { Glibc.open(text, flags) } }
    guard let opened else {
      errno = EINVAL
      return -1
    }
    return opened
  }

  /// Opens a path longer than PATH_MAX directory by directory: deep trees are normal in evidence.
  private static func openLong(_ path: RawPath, _ flags: Int32) -> Int32 {
    let names = path.bytes.split(separator: UInt8(ascii: "/")).map { RawPath(Array($0)) }
    guard let last = names.last else { return -1 }
    let start: RawPath = path.bytes.first == UInt8(ascii: "/") ? "/" : "."
    var folder = open(start, pathOnlyFlag | O_DIRECTORY | O_CLOEXEC)
    for name in names.dropLast() where folder >= 0 {
      let next =
        name.withCString { openat(folder, $0, pathOnlyFlag | O_DIRECTORY | O_CLOEXEC) } ?? -1
      let failure = errno
      close(folder)
      errno = failure
      folder = next
    }
    guard folder >= 0 else { return -1 }
    let opened = last.withCString { openat(folder, $0, flags) } ?? -1
    let failure = errno
    close(folder)
    errno = failure
    return opened
  }
}

// O_NOATIME and O_PATH of Linux's asm-generic/fcntl.h, which Glibc's module hides behind
// _GNU_SOURCE.
private let noAccessTimeFlag: Int32 = 0o1000000
private let pathOnlyFlag: Int32 = 0o10000000
