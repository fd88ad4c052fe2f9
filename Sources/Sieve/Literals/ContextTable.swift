/// Required context of literals, which a search checks at once.
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

  /// Whether the bytes around a literal that ends at `end` fit its context. Context outside
  /// the item is ignored. Context outside the piece is in the piece before or behind, together
  /// with the literal, since pieces overlap by the extent of a literal.
  func allows(_ number: Int32, endingAt end: Int, in piece: SearchedPiece) -> Bool {
    let entry = entries[Int(number)]
    guard entry.before + entry.after + entry.first > 0 else { return true }
    var set = Int(entry.firstSet)
    let start = end - Int(entry.length)
    if entry.first == 1 {
      if !sets[set].contains(piece.bytes[start]) { return false }
      set += 1
    }
    for offset in start - Int(entry.before)..<start {
      if offset < 0 {
        if !piece.isFirst { return false }
      } else if !sets[set].contains(piece.bytes[offset]) {
        return false
      }
      set += 1
    }
    for offset in end..<end + Int(entry.after) {
      if offset >= piece.bytes.count {
        if !piece.isLast { return false }
      } else if !sets[set].contains(piece.bytes[offset]) {
        return false
      }
      set += 1
    }
    return true
  }
}
