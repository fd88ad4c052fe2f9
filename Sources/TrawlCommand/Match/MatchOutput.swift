import Glibc
import Locks

/// Standard output of `trawl match`: whole pieces of lines, in the order of their coming, gathered unless
/// somebody looks on.
final class MatchOutput: Sendable {
  private struct State {
    var pending: [UInt8] = []
    /// `errno` of the write that failed; 0 while none did.
    var failure: Int32 = 0
  }
  private let state = Locked(State())
  private let limit = isatty(STDOUT_FILENO) == 1 ? 0 : 64 << 10

  /// Takes lines; false once they cannot be written.
  func write(_ lines: [UInt8]) -> Bool {
    state.withLock { state in
      state.pending += lines
      if state.pending.count > limit { Self.flush(&state) }
      return state.failure == 0
    }
  }

  /// Writes what is left; answers `errno` if not all could be written, else 0.
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

  /// Writes bytes as they are; false with `errno` set if that is impossible.
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

  /// A line on stderr, whole.
  static func say(_ line: [UInt8]) { writeAll(line + [UInt8(ascii: "\n")], to: STDERR_FILENO) }
}
