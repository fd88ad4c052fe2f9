package import Bytes
import Foundation

/// A chain of directories longer than PATH_MAX, which no system call accepts as one path.
package struct DeepTree {
  /// Path of the deepest directory.
  package let bottom: RawPath
  /// Number of directories above it, without the root.
  package let depth: Int

  /// Creates a chain below `root`, with a file of that content in the deepest directory.
  package init(below root: RawPath, file name: String, _ content: String) throws {
    let part = String(repeating: "d", count: 200)
    var folder = root.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } ?? -1
    var path = root
    var depth = 0
    while folder >= 0, path.bytes.count < 2 * Int(PATH_MAX) {
      guard mkdirat(folder, part, 0o755) == 0 else { throw SystemCallError(last: "mkdirat") }
      let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      close(folder)
      folder = next
      path = path.appending(RawPath(part))
      depth += 1
    }
    guard folder >= 0 else { throw SystemCallError(last: "open") }
    defer { close(folder) }
    let file = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw SystemCallError(last: "openat") }
    defer { close(file) }
    let bytes = Array(content.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw SystemCallError(last: "write")
    }
    bottom = path
    self.depth = depth
  }

  /// Removes a folder with such a chain, of which FileManager is not capable.
  package static func remove(_ folder: RawPath) {
    _ = try? Subprocess.run("rm", ["-rf", "--", folder.utf8!])
  }
}
