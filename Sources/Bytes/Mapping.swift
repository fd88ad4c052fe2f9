import Glibc

/// A read-only mapping of consecutive pieces of files, owned by one worker for one item;
/// unmapped at the end of its lifetime.
package struct Mapping: ~Copyable {
  private let mapped: UnsafeRawBufferPointer
  private let region: UnsafeRawBufferPointer

  /// Whether these pieces can be mapped. The kernel maps only whole pages, so all pieces except
  /// the first must begin, and all except the last must end, at a page boundary. A single piece
  /// may begin anywhere.
  package static func canMap(_ pieces: [FilePiece]) -> Bool {
    guard pieces.count > 1 else { return !pieces.isEmpty }
    // The kernel allows 65,530 mappings per process (vm.max_map_count).
    guard pieces.count <= 8192 else { return false }
    return pieces.allSatisfy { $0.descriptor == nil || $0.offset % pageSize == 0 }
      && pieces.dropLast().allSatisfy { $0.length % pageSize == 0 }
  }

  /// Maps pieces that satisfy ``canMap(_:)``.
  package init(_ pieces: [FilePiece]) throws(SystemCallError) {
    let lead = pieces.count == 1 ? Int(pieces[0].offset % Self.pageSize) : 0
    guard let count = Self.total(of: pieces), count <= Int.max - lead else {
      throw SystemCallError("mmap", EFBIG)
    }
    guard count > 0 else { throw SystemCallError("mmap", EINVAL) }
    let base = try Self.map(pieces, lead: lead, count: count)
    mapped = UnsafeRawBufferPointer(start: base, count: lead + count)
    region = UnsafeRawBufferPointer(rebasing: mapped[lead...])
    ResidencyLimit.shared.register(mapped)
  }

  /// Reserves `lead` and `count` bytes and maps the pieces into them.
  private static func map(_ pieces: [FilePiece], lead: Int, count: Int) throws(SystemCallError)
    -> UnsafeMutableRawPointer
  {
    // Reserve zeros first: they are the content of pieces without a file, and address space for the
    // others.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let base = mmap(nil, lead + count, PROT_READ, flags, -1, 0)
    guard let base, base != MAP_FAILED else { throw SystemCallError(last: "mmap") }
    var position = 0
    for piece in pieces {
      if let descriptor = piece.descriptor {
        let placed = mmap(
          base + position, lead + Int(piece.length), PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor,
          off_t(clamping: piece.offset - UInt64(lead)))
        guard placed != MAP_FAILED else {
          let failure = SystemCallError(last: "mmap")
          munmap(base, lead + count)
          throw failure
        }
      }
      position += Int(piece.length)
    }
    madvise(base, lead + count, MADV_SEQUENTIAL)
    return base
  }

  deinit {
    ResidencyLimit.shared.unregister(mapped)
    munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress!), mapped.count)
  }

  /// Lends the mapped bytes, guarded: `faulted` tells that the file shrank, or could not be read,
  /// and that `body` saw zeros in place of the missing bytes.
  package borrowing func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> (result: Result, faulted: Bool) {
    try FaultGuard.watching(mapped) { () throws(Failure) -> Result in
      try body(RawSpan(_unsafeBytes: region))
    }
  }

  private static let pageSize = UInt64(sysconf(Int32(_SC_PAGESIZE)))

  private static func total(of pieces: [FilePiece]) -> Int? {
    var total = 0
    for piece in pieces {
      guard let length = Int(exactly: piece.length) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(length)
      guard !overflow else { return nil }
      total = sum
    }
    return total
  }
}
