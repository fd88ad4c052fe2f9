import Bytes
import Glibc

/// Policy for reading content into one contiguous buffer. The values come from `Benchmarks`
/// (ReadingBenchmarks).
public struct ReadingPolicy: Hashable, Sendable {
  /// Size in bytes up to which content is read into the worker's own buffer; larger content is
  /// mapped. Reading is faster on small files (241,000 files: 2.0 s against 6.2 s mapped).
  public var bufferCapacity = 1 << 20
  /// Size in bytes of the pieces of content that is only searched.
  public var pieceLength = 256 << 10
  /// Largest number of bytes that is read into memory for content that cannot be mapped; larger
  /// content is skipped.
  public var memoryBudget = 256 << 20

  /// Creates the measured defaults.
  public init() {}
}

/// Reads the content of a worker's items: owns its buffer and the policy.
package struct ContentReader: ~Copyable {
  private let policy: ReadingPolicy
  private var buffer: WorkBuffer
  private var headBuffer: WorkBuffer
  /// Content that is already complete in a buffer, and its length.
  private var loaded: (content: any OpenContent, holder: Holder, count: Int)?

  private enum Holder { case head, buffer }
  /// How long reading first bytes took.
  package private(set) var wait = ReadWait()
  /// Content whose first bytes are in the buffer for them, and their number.
  private var begun: (content: any OpenContent, count: Int)?

  /// Number of first bytes that ``withHead(of:_:)`` lends.
  package static let headSize = 4096

  package init(policy: ReadingPolicy) {
    self.policy = policy
    buffer = WorkBuffer(capacity: policy.bufferCapacity)
    headBuffer = WorkBuffer(capacity: Self.headSize)
  }

  /// Ends an item: releases its content and everything that it refers to.
  package mutating func finish() {
    loaded = nil
    begun = nil
  }

  // MARK: Parts

  /// Begins an item: lends its first ``headSize`` bytes, or all if there are fewer. Returns nil
  /// if there were fewer than its size states.
  package mutating func withHead<Result>(
    of content: any OpenContent, _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Result? {
    loaded = nil
    begun = nil
    let count = Int(min(content.facts.size, UInt64(Self.headSize)))
    let read = try wait.during { () throws(ItemProblem) in
      try headBuffer.withWritableBytes(count) { bytes throws(ItemProblem) in
        try content.read(into: bytes, at: 0)
      }
    }
    guard read == count else { return nil }
    if UInt64(count) == content.facts.size { loaded = (content, .head, count) }
    begun = (content, count)
    return try headBuffer.withBytes(count, body)
  }

  /// Lends the first bytes of the item once more, which are read only if they were not lent before.
  package mutating func withHeadAgain<Result>(
    of content: any OpenContent, _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Result? {
    guard let begun, begun.content === content else { return try withHead(of: content, body) }
    return try headBuffer.withBytes(begun.count, body)
  }

  /// Whether the content is better searched in pieces: it need not be contiguous then, and takes
  /// no memory however large it is. Few items must be read as a whole after that.
  package func prefersPieces(_ content: any OpenContent) -> Bool {
    guard content.facts.size > UInt64(policy.bufferCapacity) else { return false }
    switch content.residence {
    case .memory, .borrowed: return false
    case .files, .elsewhere: return true
    }
  }

  /// Position of a piece in its content.
  package struct Place {
    /// Whether nothing precedes it.
    package let isFirst: Bool
    /// Whether nothing follows it.
    package let isLast: Bool
  }

  /// Lends all of `content` in pieces; each shares `overlap` bytes with the preceding one.
  /// Of ranges that are known to be zeros, only the ends are lent: a literal found in one
  /// piece of zeros is in all of them. Returns the length that was lent, less than the size if the content
  /// shrank meanwhile, and the number of skipped bytes.
  package mutating func eachPiece(
    of content: any OpenContent, overlap: Int,
    _ body: (RawSpan, Place) throws(ItemProblem) -> Void
  ) throws(ItemProblem) -> (end: UInt64, skipped: UInt64) {
    let size = content.facts.size
    var skipped: UInt64 = 0
    loaded = nil
    // Small enough to stay in the processor's cache between copying and searching.
    let length = min(buffer.capacity, max(policy.pieceLength, 2 * overlap))
    var start: UInt64 = 0
    while true {
      let wanted = Int(min(UInt64(length), size - start))
      let count = try buffer.withWritableBytes(wanted) { bytes throws(ItemProblem) in
        try content.read(into: bytes, at: start)
      }
      let end = start + UInt64(count)
      let place = Place(isFirst: start == 0, isLast: count < wanted || end >= size)
      var isZero = false
      try buffer.withBytes(count) { bytes throws(ItemProblem) in
        try body(bytes, place)
        isZero = count == length && bytes.isZero
      }
      if count < wanted || end >= size { return (end, skipped) }
      start = end - UInt64(min(overlap, count - 1))
      guard isZero else { continue }
      let zeros = min(content.zeros(from: end), size - end)
      // The last piece has nothing behind it, and so is lent always.
      let hole = zeros == size - end ? zeros - min(zeros, UInt64(length)) : zeros
      start += hole
      skipped += hole
    }
  }

  // MARK: The whole

  /// Result of reading: the body's result, and any problem with the bytes that it saw.
  package struct Reading<Result> {
    package let result: Result
    /// Number of bytes read for it; zero if they were already available.
    package let read: UInt64
    /// Set if the content shrank or became unreadable while the body used it.
    package let problem: ItemProblem?
  }

  /// Lends the complete content of `content`, contiguous, to `body`.
  package mutating func withBytes<Result>(
    of content: any OpenContent, _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Reading<Result> {
    let size = content.facts.size
    if let (known, holder, count) = loaded, known === content {
      let result =
        switch holder {
        case .head: try headBuffer.withBytes(count, body)
        case .buffer: try buffer.withBytes(count, body)
        }
      return Reading(result: result, read: 0, problem: nil)
    }
    loaded = nil
    switch content.residence {
    case .memory(let bytes):
      return Reading(result: try body(bytes.span.bytes), read: UInt64(bytes.count), problem: nil)
    case .borrowed(let bytes):
      let result = try body(RawSpan(_unsafeBytes: bytes))
      return Reading(result: result, read: UInt64(bytes.count), problem: nil)
    case .files(let pieces)
    where size > UInt64(policy.bufferCapacity) && FaultGuard.isInstalled:
      if Mapping.canMap(pieces) { return try Self.mapped(pieces, content, body) }
      fallthrough
    case .files, .elsewhere:
      if size <= UInt64(policy.bufferCapacity) {
        let reading = try Self.filled(&buffer, Int(size), content, body)
        if reading.problem == nil { loaded = (content, .buffer, Int(size)) }
        return reading
      }
      guard size <= UInt64(policy.memoryBudget) else {
        throw ItemProblem(
          .tooLarge,
          "\(size) bytes cannot be mapped and exceed the memory limit of \(policy.memoryBudget) bytes"
            + " per item; raise it (--memory), or install the fault guard if this program maps no"
            + " files")
      }
      var larger = WorkBuffer(capacity: Int(size))
      return try Self.filled(&larger, Int(size), content, body)
    }
  }

  private static func mapped<Result>(
    _ pieces: [FilePiece], _ content: any OpenContent,
    _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Reading<Result> {
    let mapping: Mapping
    do {
      mapping = try Mapping(pieces)
    } catch {
      throw ItemProblem(.unreadable, "cannot be mapped: \(error.words)")
    }
    let (result, faulted) = try mapping.withBytes(body)
    return Reading(
      result: result, read: content.facts.size,
      problem: faulted
        ? ItemProblem(.truncated, "the file shrank or became unreadable while it was scanned")
        : nil)
  }

  private static func filled<Result>(
    _ buffer: inout WorkBuffer, _ size: Int, _ content: any OpenContent,
    _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Reading<Result> {
    let count = try buffer.withWritableBytes(size) { bytes throws(ItemProblem) in
      try content.read(into: bytes, at: 0)
    }
    let result = try buffer.withBytes(count, body)
    return Reading(
      result: result, read: UInt64(count),
      problem: count < size
        ? ItemProblem(.truncated, "only \(count) of \(size) bytes were available when it was read")
        : nil)
  }
}

extension RawSpan {
  /// Whether all bytes are zeros; fast for others.
  fileprivate var isZero: Bool {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, bytes.count > 0, bytes[0] == 0,
        bytes[bytes.count - 1] == 0
      else { return false }
      // Each byte equals the one before it.
      return memcmp(start, start + 1, bytes.count - 1) == 0
    }
  }
}
