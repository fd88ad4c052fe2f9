import Glibc
import Locks

/// User's terminal on stderr: messages, and a progress line that does not mix with them.
final class Terminal: Sendable {
  private let showsProgress: Bool
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let isProgressShown = Locked(false)

  init(showsProgress: Bool, isQuiet: Bool = false, isVerbose: Bool = false) {
    self.showsProgress = showsProgress && isatty(STDERR_FILENO) == 1
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
  }

  var hasProgress: Bool { showsProgress }

  /// Prints one line of detail, with `--verbose`.
  func detail(_ text: @autoclosure () -> String) {
    if isVerbose { message(text()) }
  }

  /// Prints one line, unless the user wants none.
  func message(_ text: String) {
    guard !isQuiet else { return }
    isProgressShown.withLock { isShown in
      Self.clear(&isShown)
      Self.write(text + "\n", to: STDERR_FILENO)
    }
  }

  /// Replaces the progress line.
  func progress(_ text: String) {
    isProgressShown.withLock { isShown in
      isShown = true
      Self.write("\r\u{1B}[K" + text, to: STDERR_FILENO)
    }
  }

  /// Runs `body`, which may write to the same screen, with the progress line removed.
  func aside<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
    guard showsProgress else { return try body() }
    let result: Result<Value, any Error> = isProgressShown.withLock { isShown in
      Self.clear(&isShown)
      return Result { try body() }
    }
    return try result.get()
  }

  func clearProgress() { isProgressShown.withLock { Self.clear(&$0) } }

  private static func clear(_ isShown: inout Bool) {
    guard isShown else { return }
    write("\r\u{1B}[K", to: STDERR_FILENO)
    isShown = false
  }

  /// Writes a text as far as possible: a failure of stderr cannot be reported.
  static func write(_ text: String, to descriptor: Int32) {
    _ = writeAll(text, to: descriptor)
  }

  /// Writes a whole text; returns false with `errno` set if that fails.
  static func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}
