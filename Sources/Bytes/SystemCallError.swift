import Glibc

/// A system call that failed: which, and the operating system's error number.
public struct SystemCallError: Error, Hashable, Sendable {
  /// The call's name, such as `open`.
  public let call: String
  /// The value of `errno` (errno.h).
  public let number: Int32

  /// A failure with this number.
  public init(_ call: String, _ number: Int32) {
    self.call = call
    self.number = number
  }

  /// The failure of the call that the current thread made last.
  package init(last call: String) { self.init(call, errno) }
}

extension SystemCallError: CustomStringConvertible {
  /// The call and the system's own words, as in `open: Permission denied`.
  public var description: String { "\(call): \(words)" }

  /// The system's words alone, as in `Permission denied`.
  public var words: String { String(cString: strerror(number)) }
}

/// Repeats a system call that a signal interrupted, as signal(7) asks.
package func retryingInterrupts<Value: FixedWidthInteger>(_ call: () -> Value) -> Value {
  while true {
    let value = call()
    if value != -1 || errno != EINTR { return value }
  }
}
