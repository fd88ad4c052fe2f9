import Bytes
import Glibc

/// The entries of one directory, in the order the file system gives them.
struct DirectoryListing {
  /// What readdir(3) says an entry is.
  enum Kind {
    case file, directory, symbolicLink, pipe, socket, characterDevice, blockDevice, unknown
  }

  /// One name in a directory.
  struct Entry {
    let name: RawPath
    let kind: Kind
  }

  /// Calls `body` with every entry but `.` and `..`; stops when it answers false. Throws when the
  /// directory cannot be read to its end.
  static func forEach(
    in descriptor: borrowing Descriptor, _ body: (Entry) -> Bool
  ) throws(SystemCallError) {
    // fdopendir takes the descriptor over, so it gets one of its own.
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
      let kind = kind(of: entry.pointee.d_type, name, in: descriptor)
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
    // Some file systems give no type.
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
}
