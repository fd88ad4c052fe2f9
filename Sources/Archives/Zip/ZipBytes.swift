import Bytes
import Evidence

/// Bytes of a content that are read forwards, in pieces: a window that moves, or the content itself if it is in memory.
final class ZipBytes {
  private let content: any OpenContent
  private let size: UInt64
  private let memory: [UInt8]?
  private let window: UnsafeMutableRawBufferPointer
  private var start: UInt64 = 0
  private var count = 0

  /// Length of the window in bytes.
  static let windowLength = 64 << 10

  init(_ content: any OpenContent) {
    self.content = content
    size = content.facts.size
    if case .memory(let bytes) = content.residence { memory = bytes } else { memory = nil }
    window = .allocate(byteCount: memory == nil ? Self.windowLength : 0, alignment: 16)
  }

  deinit { window.deallocate() }

  /// Lends up to `length` bytes from `offset`, fewer at the end; at most ``windowLength``.
  func withBytes<Result>(
    at offset: UInt64, _ length: UInt64,
    _ body: (UnsafeRawBufferPointer) throws(ItemProblem) -> Result
  ) throws(ItemProblem) -> Result {
    guard offset < size else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let length = Int(min(length, size - offset, UInt64(Self.windowLength)))
    if let memory {
      return try memory.span.bytes.withUnsafeBytes { bytes throws(ItemProblem) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<(Int(offset) + length)]))
      }
    }
    if offset < start || offset - start > UInt64(count) || UInt64(count) - (offset - start) < length
    {
      count = 0
      start = offset
      let wanted = Int(min(size - offset, UInt64(window.count)))
      count = try content.read(
        into: UnsafeMutableRawBufferPointer(rebasing: window[..<wanted]), at: offset)
    }
    let first = Int(offset - start)
    let end = min(count, first + length)
    return try body(UnsafeRawBufferPointer(rebasing: window[first..<end]))
  }
}
