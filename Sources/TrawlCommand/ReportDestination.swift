import Bytes
import Glibc
import Reports

/// Where a report goes, and how it ends.
protocol ReportDestination: TextOutput {
  /// Everything has been written.
  func finish() throws
}

/// Standard output, unbuffered: a line is there as soon as it is written.
final class StandardOutput: ReportDestination {
  func write(_ text: String) throws {
    guard Terminal.writeAll(text, to: STDOUT_FILENO) else {
      if errno == EPIPE { throw BrokenPipe() }
      throw Failure("cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  func finish() throws {}
}

/// A file that takes its name when it is whole; until then it is beside it, with `.partial` behind.
final class OutputFile: ReportDestination {
  private let path: RawPath
  private let partial: RawPath
  private let descriptor: Int32

  init(_ path: RawPath) throws {
    self.path = path
    partial = RawPath(path.bytes + Array(".partial".utf8))
    descriptor =
      partial.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666) }
      ?? -1
    guard descriptor >= 0 else {
      throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  func write(_ text: String) throws {
    guard Terminal.writeAll(text, to: descriptor) else {
      throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  func finish() throws {
    let renamed = partial.withCString { old in
      path.withCString { new in fsync(descriptor) == 0 && rename(old, new) == 0 } ?? false
    }
    guard renamed == true else {
      throw Failure("\(path.shown): cannot be put in place: \(String(cString: strerror(errno)))")
    }
  }
}
