import Glibc

/// Reusable memory of a worker; page-aligned, one owner.
@usableFromInline package struct WorkBuffer: ~Copyable {
  @usableFromInline let memory: UnsafeMutableRawBufferPointer

  /// Creates a buffer of `capacity` bytes.
  package init(capacity: Int) {
    memory = .allocate(byteCount: max(capacity, 1), alignment: 4096)
  }

  deinit { memory.deallocate() }

  /// The size in bytes.
  package var capacity: Int { memory.count }

  /// Lends the first `count` bytes for writing.
  @inlinable package mutating func withWritableBytes<Result, Failure: Error>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
  }

  /// Lends the first `count` bytes for reading.
  @inlinable package borrowing func withBytes<Result, Failure: Error>(
    _ count: Int, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<count])))
  }
}
