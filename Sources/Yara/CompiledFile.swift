internal import CYara
import Glibc

/// Reads and writes compiled rule files as a whole.
enum CompiledFile {
  static func read(_ path: String) throws(YaraError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(.couldNotOpenFile, "opened", path) }
    defer { close(descriptor) }
    guard let bytes = RuleFile.rest(of: descriptor) else {
      throw failure(.couldNotReadFile, "read", path)
    }
    return bytes
  }

  static func write(_ bytes: [UInt8], to path: String) throws(YaraError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(.couldNotOpenFile, "opened for writing", path) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { rest in
        Glibc.write(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let error = failure(.writingFile, "written", path)
        close(descriptor)
        throw error
      }
      written += count
    }
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else { throw failure(.writingFile, "written", path) }
  }

  private static func failure(_ code: YaraError.Code, _ deed: String, _ path: String) -> YaraError {
    YaraError(
      code, "compiled rules \(path) cannot be \(deed): \(String(cString: strerror(errno)))")
  }
}
