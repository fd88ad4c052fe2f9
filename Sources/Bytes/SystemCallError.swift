public import Glibc

/// A failed system call, with the operating system's error number.
public struct SystemCallError: Error, Hashable, Sendable {
  /// Name of the call, such as `open`.
  public let call: String
  /// The value of `errno` (errno.h).
  public let number: Int32

  /// Creates an error with this number.
  public init(_ call: String, _ number: Int32) {
    self.call = call
    self.number = number
  }

  /// Creates an error from the last call of the current thread.
  package init(last call: String) { self.init(call, errno) }
}

extension SystemCallError: CustomStringConvertible {
  /// Call and system message, as in `open: Permission denied`.
  public var description: String { "\(call): \(words)" }

  /// System message alone, as in `Permission denied`.
  public var words: String { String(cString: strerror(number)) }
}

/// Repeats a system call interrupted by a signal, as signal(7) recommends.
@inlinable package func retryingInterrupts<Value: FixedWidthInteger>(_ call: () -> Value) -> Value {
  while true {
    let value = call()
    if value != -1 || errno != EINTR { return value }
  }
}
