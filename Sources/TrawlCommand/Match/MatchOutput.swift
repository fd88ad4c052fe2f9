import Glibc
import Locks

/// Standard output of `trawl match`: whole lines in their order, buffered unless it is a
/// terminal.
final class MatchOutput: Sendable {
  private struct State {
    var pending: [UInt8] = []
    /// `errno` of a failed write; 0 if none failed.
    var failure: Int32 = 0
  }
  private let state = Locked(State())
  private let limit = isatty(STDOUT_FILENO) == 1 ? 0 : 64 << 10

  /// Writes lines; returns false once that fails.
  func write(_ lines: [UInt8]) -> Bool {
    state.withLock { state in
      state.pending += lines
      if state.pending.count > limit { Self.flush(&state) }
      return state.failure == 0
    }
  }

  /// Writes the buffered rest; returns `errno` if a write failed, else 0.
  func finish() -> Int32 {
    state.withLock { state in
      Self.flush(&state)
      return state.failure
    }
  }

  private static func flush(_ state: inout State) {
    guard state.failure == 0 else { return }
    if !writeAll(state.pending, to: STDOUT_FILENO) { state.failure = errno }
    state.pending.removeAll(keepingCapacity: true)
  }

  /// Writes bytes; returns false with `errno` set if that fails.
  @discardableResult
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// Writes a whole line to stderr.
  static func say(_ line: [UInt8]) { writeAll(line + [UInt8(ascii: "\n")], to: STDERR_FILENO) }
}
