import Bytes

/// Some literals of a table, ready for a pass over bytes. Shared by threads.
final class LiteralDatabase: Sendable {
  /// The searched literals of the table, a bit for each.
  let searched: BitSet
  /// The longest extent of a literal: pieces of an item overlap by one byte less.
  let greatestExtent: Int
  /// Literals as they are, and among the differences of neighbours.
  private let plain: HyperscanDatabase?
  private let differences: HyperscanDatabase?
  /// Strided literals, and the header that they come behind.
  private let strided: [(number: Int32, literal: LiteralTable.Literal)]
  private let versionHeader: Int32
  private let contexts: ContextTable

  /// Whether there is no literal to search.
  var isEmpty: Bool { plain == nil && differences == nil }

  /// Compiles the literals with these numbers; nil if the library cannot.
  init?(
    _ numbers: some Sequence<Int32>, of table: LiteralTable, contexts: ContextTable,
    cache: CacheDirectory?
  ) {
    var chosen = Set(numbers)
    strided = chosen.filter { table[$0].kind == .strided }.sorted().map { ($0, table[$0]) }
    if strided.isEmpty {
      versionHeader = -1
    } else {
      guard let header = table.literals.firstIndex(of: LiteralTable.versionHeader) else {
        return nil
      }
      versionHeader = Int32(header)
      chosen.insert(versionHeader)
    }
    var searched = BitSet(count: table.literals.count)
    for number in chosen { searched.insert(Int(number)) }
    self.searched = searched
    greatestExtent = chosen.map { table[$0].extent }.max() ?? 1
    self.contexts = contexts
    func entries(_ kind: LiteralTable.Kind) -> [HyperscanDatabase.Entry] {
      chosen.filter { table[$0].kind == kind }.sorted().map { number in
        let literal = table[number]
        return .init(
          number: number, bytes: literal.bytes, ignoresCase: literal.ignoresCase,
          isSingle: literal.context == nil)
      }
    }
    let (asTheyAre, asDifferences) = (entries(.plain), entries(.difference))
    plain = HyperscanDatabase(asTheyAre, cache: cache)
    differences = HyperscanDatabase(asDifferences, cache: cache)
    if plain == nil && !asTheyAre.isEmpty || differences == nil && !asDifferences.isEmpty {
      return nil
    }
  }

  /// Scratch memory of a worker for searches.
  struct Scratch: ~Copyable {
    fileprivate var hyperscan = HyperscanDatabase.Scratch()
    fileprivate var differences: [UInt8] = []
    init() {}
  }

  /// Makes `scratch` fit; false when memory is short.
  func grow(_ scratch: inout Scratch) -> Bool {
    (plain?.grow(&scratch.hyperscan) ?? true) && (differences?.grow(&scratch.hyperscan) ?? true)
  }

  /// Begins with another item.
  func begin(_ hits: inout HitSet) {
    hits.begin()
    beginAgain(&hits)
  }

  /// Begins again with the same item, and keeps the literals seen.
  func beginAgain(_ hits: inout HitSet) {
    hits.versionHeader = versionHeader
    hits.endOfVersionHeader = nil
  }

  /// Searches for the literals in a piece of an item; pieces come in order. Returns false if the library
  /// failed, so that nothing is known to be absent.
  func search(_ piece: SearchedPiece, _ scratch: inout Scratch, hits: inout HitSet) -> Bool {
    hits.allow(bytes: piece.bytes.count)
    let isDone = withUnsafeMutablePointer(to: &hits) { hits in
      var receiver = MatchReceiver(hits: hits, contexts: contexts, piece: piece)
      guard plain?.search(piece.bytes, scratch.hyperscan, &receiver) ?? true else { return false }
      return differences.map { searchDifferences(piece.bytes, $0, &scratch, hits) } ?? true
    }
    searchStrided(piece.bytes, hits: &hits)
    return isDone
  }

  /// Number of differences of neighbours that are computed and searched at a time.
  private static let stretch = 1 << 16

  private func searchDifferences(
    _ bytes: UnsafeRawBufferPointer, _ database: HyperscanDatabase, _ scratch: inout Scratch,
    _ hits: UnsafeMutablePointer<HitSet>
  ) -> Bool {
    if scratch.differences.isEmpty {
      scratch.differences = Array(repeating: 0, count: Self.stretch + LiteralTable.greatestLength)
    }
    var start = 0
    while start + 1 < bytes.count {
      let count = min(scratch.differences.count, bytes.count - 1 - start)
      let isDone = scratch.differences.withUnsafeMutableBytes { buffer in
        let source = bytes.baseAddress! + start
        for index in 0..<count {
          buffer[index] =
            source.load(fromByteOffset: index, as: UInt8.self)
            ^ source.load(fromByteOffset: index + 1, as: UInt8.self)
        }
        let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        // The context is compared in the item itself, where a difference has the place of its first byte.
        var receiver = MatchReceiver(
          hits: hits, contexts: contexts,
          piece: SearchedPiece(
            bytes: UnsafeRawBufferPointer(rebasing: bytes[start...]), isFirst: true, isLast: true))
        return database.search(piece, scratch.hyperscan, &receiver)
      }
      guard isDone else { return false }
      // The next stretch begins where a literal that was cut here would.
      start += start + count + 1 < bytes.count ? Self.stretch : count
    }
    return true
  }

  /// Searches for the strided literals, from the first version header on.
  private func searchStrided(_ bytes: UnsafeRawBufferPointer, hits: inout HitSet) {
    guard !strided.isEmpty, let end = hits.endOfVersionHeader else { return }
    let start = max(0, end - LiteralTable.versionHeader.bytes.count)
    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
    for (number, literal) in strided where !hits.contains(number) {
      if StridedSearch.contains(literal, rest) { hits.insert(number, end: 0) }
    }
    // The next piece lies behind the header altogether.
    hits.endOfVersionHeader = 0
  }
}
