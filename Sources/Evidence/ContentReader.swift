import Bytes

/// How content becomes one contiguous buffer. The values come from `Benchmarks` (ReadingBenchmarks).
public struct ReadingPolicy: Hashable, Sendable {
  /// Content up to this many bytes is read into the worker's own buffer; larger content is mapped.
  /// Reading is faster on small files (241,000 files: 2.0 s against 6.2 s mapped).
  public var bufferCapacity = 1 << 20
  /// Content that is only searched is read in pieces of so many bytes.
  public var pieceLength = 256 << 10
  /// What cannot be mapped is read into memory up to this many bytes; beyond, it is skipped.
  public var memoryBudget = 64 << 20

  /// The measured defaults.
  public init() {}
}

/// A worker's way to the bytes of its items: its buffer, and the policy. One owner.
package struct ContentReader: ~Copyable {
  private let policy: ReadingPolicy
  private var buffer: WorkBuffer
  private var headBuffer: WorkBuffer
  /// The content whose whole lies in a buffer already, and its length.
  private var loaded: (content: any OpenContent, holder: Holder, count: Int)?

  private enum Holder { case head, buffer }

  /// How many first bytes ``withHead(of:_:)`` lends.
  package static let headSize = 4096

  package init(policy: ReadingPolicy) {
    self.policy = policy
    buffer = WorkBuffer(capacity: policy.bufferCapacity)
    headBuffer = WorkBuffer(capacity: Self.headSize)
  }

  /// Ends with an item: its content is let go, and whatever it stands on with it.
  package mutating func finish() { loaded = nil }

  // MARK: Parts

  /// Begins with an item: lends its first bytes, ``headSize``, or all if there are fewer. Answers nil
  /// when fewer were there than the size says.
  package mutating func withHead<Result>(
    of content: any OpenContent, _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Result? {
    loaded = nil
    let count = Int(min(content.facts.size, UInt64(Self.headSize)))
    let read = try headBuffer.withWritableBytes(count) { bytes throws(ItemProblem) in
      try content.read(into: bytes, at: 0)
    }
    guard read == count else { return nil }
    if UInt64(count) == content.facts.size { loaded = (content, .head, count) }
    return try headBuffer.withBytes(count, body)
  }

  /// Whether the content is better looked at piece by piece: it need not be contiguous, and what is only
  /// searched takes no memory, however large it is. Few items must be seen whole after that.
  package func prefersPieces(_ content: any OpenContent) -> Bool {
    guard content.facts.size > UInt64(policy.bufferCapacity) else { return false }
    if case .memory = content.residence { return false }
    return true
  }

  /// Which piece of a content it is.
  package struct Place {
    /// Nothing lies before it.
    package let isFirst: Bool
    /// Nothing lies behind it.
    package let isLast: Bool
  }

  /// Lends all of `content` piece by piece; each shares `overlap` bytes with the one before. Answers how
  /// many bytes there were: fewer than the size says if it shrank meanwhile.
  package mutating func eachPiece(
    of content: any OpenContent, overlap: Int,
    _ body: (RawSpan, Place) throws(ItemProblem) -> Void
  ) throws(ItemProblem) -> UInt64 {
    let size = content.facts.size
    loaded = nil
    // A piece that stays in the processor's cache between being copied and being searched.
    let length = min(buffer.capacity, max(policy.pieceLength, 2 * overlap))
    var start: UInt64 = 0
    while true {
      let wanted = Int(min(UInt64(length), size - start))
      let count = try buffer.withWritableBytes(wanted) { bytes throws(ItemProblem) in
        try content.read(into: bytes, at: start)
      }
      let end = start + UInt64(count)
      let place = Place(isFirst: start == 0, isLast: count < wanted || end >= size)
      try buffer.withBytes(count) { bytes throws(ItemProblem) in try body(bytes, place) }
      if count < wanted || end >= size { return end }
      start = end - UInt64(min(overlap, count - 1))
    }
  }

  // MARK: The whole

  /// What reading came to: what the body answered, and what was wrong with the bytes it saw.
  package struct Reading<Result> {
    package let result: Result
    /// Bytes that were read for it: none where they were at hand.
    package let read: UInt64
    /// The content shrank or became unreadable while the body had it.
    package let problem: ItemProblem?
  }

  /// Lends the whole content of `content`, contiguous, to `body`.
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
          "\(size) bytes cannot be mapped, and are more than the \(policy.memoryBudget) bytes of memory"
            + " that one item may take; raise that limit (--memory), or install the fault guard if this"
            + " program maps no files")
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
        ? ItemProblem(.truncated, "only \(count) of \(size) bytes were there when it was read")
        : nil)
  }
}
