import Evidence
import Sieve

/// First stage of an item's processing: the sieve.
enum Sifting {
  /// Returns the sieve's verdict on an item: by its first bytes, and if they do not exclude it,
  /// by all of them. Calls `count` with the number of bytes read, and `check` between the pieces
  /// of a large item to ask whether to continue.
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
    // A file that shrank is read to its new end, and reported, by the ordinary scan.
    guard let early else { return .scan }
    if let early { return early }
    guard reader.prefersPieces(content) else {
      let reading = try reader.withBytes(of: content) { bytes throws(ItemProblem) in
        verdictOfSearch(bytes, &sieve)
      }
      count(reading.read)
      guard reading.problem == nil else { return whole(&sieve) }
      return reading.result
    }
    while true {
      let read = try reader.eachPiece(of: content, overlap: sieve.overlap) {
        piece, place throws(ItemProblem) in
        try check()
        sieve.search(piece, isFirst: place.isFirst, isLast: place.isLast)
      }
      count(read.end - min(read.skipped, read.end))
      guard read.end == size else { return whole(&sieve) }
      let verdict = sieve.verdict()
      if verdict != .searchAgain { return verdict }
    }
  }

  /// The verdict on content that differs from the searched one.
  private static func whole(_ sieve: inout SieveSession) -> SieveSession.Verdict {
    sieve.forgetVerdict()
    return .scan
  }

  /// Searches content that is completely available, as often as the sieve requests it.
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
