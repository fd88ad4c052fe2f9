import Bytes
import Evidence
import Files
import Glibc
import TestSupport

/// A folder for one test, with entries that only the file system can create.
final class Tree: Sendable {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  var root: RawPath { folder.raw }

  /// The path of a name in the folder.
  func path(_ name: RawPath) -> RawPath { root.appending(name) }

  /// Creates an empty file of any name.
  func touch(_ name: RawPath) throws {
    let file = path(name).withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644) } ?? -1
    guard file >= 0 else { throw SystemCallError(last: "open") }
    close(file)
  }

  /// Creates a directory of any name.
  func makeDirectory(_ name: RawPath, mode: mode_t = 0o755) throws {
    guard path(name).withCString({ mkdir($0, mode) }) == 0 else {
      throw SystemCallError(last: "mkdir")
    }
  }

  /// Creates a symbolic link.
  func link(_ name: RawPath, to target: RawPath) throws {
    let made = target.withCString { target in path(name).withCString { symlink(target, $0) } }
    guard made == 0 else { throw SystemCallError(last: "symlink") }
  }

  /// Creates a pipe or a socket.
  func makeNode(_ name: RawPath, kind: mode_t) throws {
    guard path(name).withCString({ mknod($0, kind | 0o600, 0) }) == 0 else {
      throw SystemCallError(last: "mknod")
    }
  }

  /// Runs a source on the folder and records the items it pushes.
  func walk(_ change: (inout FileSource.Options) -> Void = { _ in }) -> RecordingReceiver {
    FilesTests.walk([root], change)
  }
}

/// Runs a source on `targets` and records the items it pushes.
func walk(
  _ targets: [RawPath], receiver: RecordingReceiver = RecordingReceiver(),
  _ change: (inout FileSource.Options) -> Void = { _ in }
) -> RecordingReceiver {
  var options = FileSource.Options()
  change(&options)
  FileSource(targets, options: options).push(to: receiver)
  return receiver
}
