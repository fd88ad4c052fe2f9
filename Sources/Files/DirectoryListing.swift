import Bytes
import Glibc

/// Entries of one directory, in the order of the file system.
struct DirectoryListing {
  /// Type of an entry according to readdir(3).
  enum Kind {
    case file, directory, symbolicLink, pipe, socket, characterDevice, blockDevice, unknown
    /// A character device 0:0, by which overlayfs marks a name that a layer deletes.
    case whiteout
  }

  /// One name in a directory.
  struct Entry {
    let name: RawPath
    let kind: Kind
  }

  /// Calls `body` with every entry except `.` and `..`; stops when it returns false. Throws if
  /// the directory cannot be read to its end.
  static func forEach(
    in descriptor: borrowing Descriptor, _ body: (Entry) -> Bool
  ) throws(SystemCallError) {
    // fdopendir takes ownership of the descriptor, so it gets a duplicate.
    let own = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw SystemCallError(last: "dup") }
    guard let stream = fdopendir(own) else {
      let failure = SystemCallError(last: "fdopendir")
      close(own)
      throw failure
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw SystemCallError(last: "readdir") }
        return
      }
      let name = bytes(of: entry)
      if name == [dot] || name == [dot, dot] { continue }
      var kind = kind(of: entry.pointee.d_type, name, in: descriptor)
      if kind == .characterDevice, isWhiteout(name, in: descriptor) { kind = .whiteout }
      guard body(Entry(name: RawPath(name), kind: kind)) else { return }
    }
  }

  private static let dot = UInt8(ascii: ".")

  private static func bytes(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
    let start = UnsafeRawPointer(entry) + offset
    let count = strnlen(
      start.assumingMemoryBound(to: CChar.self), Int(entry.pointee.d_reclen) - offset)
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private static func kind(
    of type: UInt8, _ name: [UInt8], in descriptor: borrowing Descriptor
  ) -> Kind {
    switch Int(type) {
    case Int(DT_REG): return .file
    case Int(DT_DIR): return .directory
    case Int(DT_LNK): return .symbolicLink
    case Int(DT_FIFO): return .pipe
    case Int(DT_SOCK): return .socket
    case Int(DT_CHR): return .characterDevice
    case Int(DT_BLK): return .blockDevice
    default: break
    }
    // Some file systems do not report types.
    let number = descriptor.number
    var status = stat()
    let found = RawPath(name).withCString { fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard found == 0 else { return .unknown }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    case S_IFLNK: return .symbolicLink
    case S_IFIFO: return .pipe
    case S_IFSOCK: return .socket
    case S_IFCHR: return .characterDevice
    case S_IFBLK: return .blockDevice
    default: return .unknown
    }
  }

  /// Whether a character device has the number 0:0 (Linux, overlayfs.rst, "whiteouts").
  private static func isWhiteout(_ name: [UInt8], in descriptor: borrowing Descriptor) -> Bool {
    let number = descriptor.number
    var status = stat()
    return RawPath(name).withCString { fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
      && status.st_rdev == 0
  }
}
