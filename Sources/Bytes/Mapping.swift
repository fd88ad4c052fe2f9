import Glibc

/// A read-only mapping of part of a file, owned by one worker for one item; unmapped at the end of
/// its life.
package struct Mapping: ~Copyable {
  private let region: UnsafeRawBufferPointer

  /// Maps `count` bytes of the open file `descriptor` from `offset`, a multiple of the page size.
  package init(descriptor: Int32, offset: UInt64, count: Int) throws(SystemCallError) {
    let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, off_t(clamping: offset))
    guard let base, base != MAP_FAILED else { throw SystemCallError(last: "mmap") }
    madvise(base, count, MADV_SEQUENTIAL)
    region = UnsafeRawBufferPointer(start: base, count: count)
    ResidencyLimit.shared.register(region)
  }

  deinit {
    ResidencyLimit.shared.unregister(region)
    munmap(UnsafeMutableRawPointer(mutating: region.baseAddress!), region.count)
  }

  /// Lends the mapped bytes, guarded: `faulted` says that the file shrank, or could not be read,
  /// and that `body` saw zeros in place of what vanished.
  package borrowing func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> (result: Result, faulted: Bool) {
    try FaultGuard.watching(region) { () throws(Failure) -> Result in
      try body(RawSpan(_unsafeBytes: region))
    }
  }
}
