import Bytes
import Glibc
import Locks
import Reports

/// Destination of a report.
protocol ReportDestination: TextOutput {
  /// Completes the report after everything has been written.
  func finish() throws
}

/// Standard output, unbuffered: a line is visible as soon as it is written.
final class StandardOutput: ReportDestination {
  func write(_ text: String) throws {
    guard Terminal.writeAll(text, to: STDOUT_FILENO) else {
      if errno == EPIPE { throw BrokenPipe() }
      throw Failure("cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  func finish() throws {}
}

/// A file that gets its name when it is complete; until then it has a temporary name beside it.
/// An existing path that is not a regular file, such as a device or a pipe, is written to
/// directly.
final class OutputFile: ReportDestination {
  private let path: RawPath
  private let partial: RawPath?
  private let descriptor: Int32
  private let isFinished = Locked(false)

  /// Opens a file for writing. Its temporary name has a `mark` that no other writer may use.
  init(_ path: RawPath, mark: String = String(getpid())) throws {
    self.path = path
    var status = stat()
    let exists = path.withCString { stat($0, &status) } == 0
    let isSpecial = exists && status.st_mode & S_IFMT != S_IFREG
    partial = isSpecial ? nil : RawPath(path.bytes + Array(".\(mark).partial".utf8))
    // O_EXCL: never write to an existing file, whatever its name.
    let flags = isSpecial ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
    descriptor =
      (partial ?? path).withCString { open($0, flags | O_CLOEXEC, 0o666) } ?? -1
    guard descriptor >= 0 else {
      throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    close(descriptor)
    if let partial, !isFinished.withLock({ $0 }) { _ = partial.withCString { unlink($0) } }
  }

  func write(_ text: String) throws {
    guard Terminal.writeAll(text, to: descriptor) else {
      throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  func finish() throws {
    guard let partial else { return }
    let renamed = partial.withCString { old in
      path.withCString { new in fsync(descriptor) == 0 && rename(old, new) == 0 } ?? false
    }
    guard renamed == true else {
      throw Failure("\(path.shown): cannot be put in place: \(String(cString: strerror(errno)))")
    }
    isFinished.withLock { $0 = true }
  }
}
