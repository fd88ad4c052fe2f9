/// What must lie around literals, where a search can look at it at once.
final class ContextTable: @unchecked Sendable {
  private struct Entry {
    var length: Int32 = 0
    var before: Int32 = 0
    var after: Int32 = 0
    /// 1 if the first byte has a set too.
    var first: Int32 = 0
    /// The sets: of the first byte, of the bytes before, of those behind.
    var firstSet: Int32 = 0
  }
  private let entries: UnsafeMutableBufferPointer<Entry>
  private let sets: UnsafeMutableBufferPointer<ByteSet>

  init(_ literals: [LiteralTable.Literal]) {
    entries = .allocate(capacity: literals.count)
    var all: [ByteSet] = []
    for (index, literal) in literals.enumerated() {
      var entry = Entry(length: Int32(literal.bytes.count), firstSet: Int32(all.count))
      if let context = literal.context {
        entry.before = Int32(context.before.count)
        entry.after = Int32(context.after.count)
        entry.first = context.first == nil ? 0 : 1
        all += (context.first.map { [$0] } ?? []) + context.before + context.after
      }
      entries.initializeElement(at: index, to: entry)
    }
    sets = .allocate(capacity: all.count)
    _ = sets.initialize(fromContentsOf: all)
  }

  deinit {
    entries.deallocate()
    sets.deallocate()
  }

  /// Whether the bytes around a literal that ends at `end` are such as it needs. What lies outside of
  /// `bytes` may be in the next piece, or not there at all: it is not held against it.
  func allows(_ number: Int32, endingAt end: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
    let entry = entries[Int(number)]
    var set = Int(entry.firstSet)
    let before = Int(entry.before)
    let start = end - Int(entry.length) - before
    if entry.first == 1 {
      if !sets[set].contains(bytes[start + before]) { return false }
      set += 1
    }
    for offset in 0..<before where start + offset >= 0 {
      if !sets[set + offset].contains(bytes[start + offset]) { return false }
    }
    set += before
    for offset in 0..<Int(entry.after) where end + offset < bytes.count {
      if !sets[set + offset].contains(bytes[end + offset]) { return false }
    }
    return true
  }
}
