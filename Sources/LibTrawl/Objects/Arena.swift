import Bytes
import CTrawl

/// Memory of the texts and arrays of one object of the C interface; released with it.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Copies bytes, and a NUL behind them.
  func text(_ bytes: some Collection<UInt8>) -> trawl_text {
    let count = bytes.count
    let block = UnsafeMutableBufferPointer(
      start: allocate(count + 1).assumingMemoryBound(to: UInt8.self), count: count + 1)
    let end = block.initialize(fromContentsOf: bytes)
    block[end] = 0
    return trawl_text(
      data: UnsafeRawPointer(block.baseAddress!).assumingMemoryBound(to: CChar.self), size: count)
  }

  /// Copies a text; nil has no data.
  func text(_ text: String?) -> trawl_text { text.map { self.text($0.utf8) } ?? trawl_text() }

  /// Copies a path; nil has no data.
  func text(_ path: RawPath?) -> trawl_text { path.map { text($0.bytes) } ?? trawl_text() }

  /// Copies values of a trivial type; nil for none.
  func array<Value>(_ values: [Value]) -> UnsafePointer<Value>? {
    guard !values.isEmpty else { return nil }
    let block = allocate(MemoryLayout<Value>.stride * values.count)
    let start = block.bindMemory(to: Value.self, capacity: values.count)
    start.initialize(from: values, count: values.count)
    return UnsafePointer(start)
  }

  /// Copies texts.
  func texts(_ texts: [String]) -> UnsafePointer<trawl_text>? { array(texts.map { text($0) }) }

  private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    blocks.append(block)
    return block
  }
}
