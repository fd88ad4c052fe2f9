import Bytes

/// How content becomes one contiguous buffer. The values come from `Benchmarks` (ReadingBenchmarks).
public struct ReadingPolicy: Hashable, Sendable {
  /// Content up to this many bytes is read into the worker's own buffer; larger content is mapped.
  /// Reading is faster on small files (241,000 files: 2.0 s against 6.2 s mapped).
  public var bufferCapacity = 1 << 20
  /// What cannot be mapped is read into memory up to this many bytes; beyond, it is skipped.
  public var memoryBudget = 64 << 20

  /// The measured defaults.
  public init() {}
}

/// A worker's way to the bytes of its items: its buffer, and the policy. One owner.
package struct ContentReader: ~Copyable {
  private let policy: ReadingPolicy
  private var buffer: WorkBuffer

  package init(policy: ReadingPolicy) {
    self.policy = policy
    buffer = WorkBuffer(capacity: policy.bufferCapacity)
  }

  /// What reading came to: what the body answered, and what was wrong with the bytes it saw.
  package struct Reading<Result> {
    package let result: Result
    /// Bytes of the content as the body saw them.
    package let count: Int
    /// The content shrank or became unreadable while the body had it.
    package let problem: ItemProblem?
  }

  /// Lends the whole content of `content`, contiguous, to `body`.
  package mutating func withBytes<Result>(
    of content: any OpenContent, _ body: (RawSpan) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Reading<Result> {
    let size = content.facts.size
    switch content.residence {
    case .memory(let bytes):
      return Reading(result: try body(bytes.span.bytes), count: bytes.count, problem: nil)
    case .files(let pieces)
    where size > UInt64(policy.bufferCapacity) && FaultGuard.isInstalled:
      if Mapping.canMap(pieces) { return try Self.mapped(pieces, content, body) }
      fallthrough
    case .files, .elsewhere:
      if size <= UInt64(policy.bufferCapacity) {
        return try Self.filled(&buffer, Int(size), content, body)
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
      result: result, count: Int(clamping: content.facts.size),
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
      result: result, count: count,
      problem: count < size
        ? ItemProblem(.truncated, "only \(count) of \(size) bytes were there when it was read")
        : nil)
  }
}
