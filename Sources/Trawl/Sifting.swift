import Evidence
import Sieve

/// The first half of an item's way: the sieve.
enum Sifting {
  /// What the sieve says of an item: of its first bytes, and if they do not exclude it, of all of them.
  /// `count` is told how many bytes were read; `check` is asked between the pieces of a large item
  /// whether to go on.
  static func verdict(
    on content: any OpenContent, _ reader: inout ContentReader, _ sieve: inout SieveSession,
    count: (UInt64) -> Void, check: () throws(ItemProblem) -> Void
  ) throws(ItemProblem) -> SieveSession.Verdict {
    let size = content.facts.size
    var isWhole = false
    let early = try reader.withHead(of: content) {
      head throws(ItemProblem) -> SieveSession.Verdict? in
      count(UInt64(head.byteCount))
      let verdict = sieve.begin(size: size, head: head)
      isWhole = UInt64(head.byteCount) == size
      guard verdict == nil, isWhole else { return verdict }
      return verdictOfSearch(head, &sieve)
    }
    // A file that shrank is read to its new end, and told of, by the way of everything else.
    guard let early else { return .scan }
    if let early { return early }
    guard reader.prefersPieces(content) else {
      let reading = try reader.withBytes(of: content) { bytes throws(ItemProblem) in
        verdictOfSearch(bytes, &sieve)
      }
      count(reading.read)
      return reading.problem == nil ? reading.result : .scan
    }
    while true {
      let read = try reader.eachPiece(of: content, overlap: sieve.overlap) {
        piece, place throws(ItemProblem) in
        try check()
        sieve.search(piece, isFirst: place.isFirst, isLast: place.isLast)
      }
      count(read)
      guard read == size else { return .scan }
      let verdict = sieve.verdict()
      if verdict != .searchAgain { return verdict }
    }
  }

  /// Searches content that is at hand whole, as often as the sieve asks for it.
  private static func verdictOfSearch(_ bytes: RawSpan, _ sieve: inout SieveSession)
    -> SieveSession.Verdict
  {
    while true {
      sieve.search(bytes)
      let verdict = sieve.verdict()
      if verdict != .searchAgain { return verdict }
    }
  }
}
