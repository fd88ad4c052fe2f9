internal import CYara
import Glibc

/// Rule files as libyara reads them.
enum RuleFile {
  /// The bytes of a regular file.
  static func read(_ path: String) throws(YaraError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw YaraError(.couldNotOpenFile, "\(path) is a directory")
    }
    guard let bytes = rest(of: descriptor) else { throw failure(path) }
    return bytes
  }

  /// Reads an open file to its end; nil on failure, with `errno` set.
  static func rest(of descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Descriptor of an in-memory file that contains `bytes`; the caller closes it.
  static func descriptor(of bytes: [UInt8]) throws(YaraError) -> Int32 {
    let descriptor = trawl_yara_memory_file()
    guard descriptor >= 0 else { throw failure("a file in memory") }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      guard count > 0 else {
        close(descriptor)
        throw failure("a file in memory")
      }
      written += count
    }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      close(descriptor)
      throw failure("a file in memory")
    }
    return descriptor
  }

  private static func failure(_ path: String) -> YaraError {
    YaraError(.couldNotOpenFile, "\(path) cannot be read: \(String(cString: strerror(errno)))")
  }
}
