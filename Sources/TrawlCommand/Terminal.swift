import Glibc
import Locks

/// The user's terminal on stderr: messages, and a progress line that never mixes with them.
final class Terminal: Sendable {
  private let showsProgress: Bool
  private let isProgressShown = Locked(false)

  init(showsProgress: Bool) {
    self.showsProgress = showsProgress && isatty(STDERR_FILENO) == 1
  }

  var hasProgress: Bool { showsProgress }

  /// One line for the user.
  func message(_ text: String) {
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

  /// Runs `body`, which may write to the same screen, without a progress line in its way.
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

  /// Writes all of a text, as well as it can be: there is nowhere to say that stderr is gone.
  static func write(_ text: String, to descriptor: Int32) {
    _ = writeAll(text, to: descriptor)
  }

  /// Writes all of a text; false with `errno` set if that is impossible.
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
