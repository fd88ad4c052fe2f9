import Bytes
import Evidence

/// Collects the classification of a medium's bytes, volume by volume, for its account.
struct MediumSpace {
  private let size: UInt64
  private var parts: MediumAccount
  private var volumes: [Range<UInt64>] = []

  /// Result of carving.
  struct Carved {
    var carved: [Range<UInt64>] = []
    var unread: [Range<UInt64>] = []
    /// Number of bytes that the container knows to be zeros.
    var knownZeros: UInt64 = 0
    /// Whether the space was searched.
    var wasSearched: Bool

    /// Adds the result of carving another part.
    mutating func add(_ other: Carved) {
      carved += other.carved
      unread += other.unread
      knownZeros += other.knownZeros
      wasSearched = wasSearched || other.wasSearched
    }
  }

  init(evidence: RawPath, size: UInt64) {
    self.size = size
    parts = MediumAccount(evidence: evidence, size: size)
    parts.unread = 0
  }

  /// Adds a volume, or several in the same bytes, as far as they were listed. A byte with several
  /// roles counts as item first, then as carved, slack, parsed structure; the rest is unowned.
  mutating func add(_ places: [Range<UInt64>], _ space: VolumeSpace) {
    let carved = space.carved
    let owners = space.owners
    let whole = claim(places)
    let items = ranges(owners.content + owners.others).intersection(whole)
    let failed = ranges(carved.unread).intersection(whole).subtracting(items)
    var known = items.union(failed)
    parts.items += items.count
    parts.knownZeros += carved.knownZeros
    parts.unread += failed.count
    func part(_ part: [Range<UInt64>]) -> UInt64 {
      let rest = ranges(part).intersection(whole).subtracting(known)
      known = known.union(rest)
      return rest.count
    }
    parts.carved += part(carved.carved)
    parts.slack += part(owners.slack.map(\.range))
    parts.metadata += part(owners.structures)
    let free = part(space.free)
    let rest = whole.count - known.count
    guard carved.wasSearched else {
      parts.unread += free + rest
      return
    }
    parts.unallocated += free
    // Space that is neither free nor owned was carved like free space. If files are missing, it
    // counts as unread: it may be theirs.
    if space.isListed { parts.unallocated += rest } else { parts.unread += rest }
    if space.isListed, space.isMapped { parts.unowned += rest }
  }

  /// Adds the result of carving the gaps, which no volume covers.
  mutating func addGaps(_ carved: Carved) {
    let whole = ranges([0..<size]).subtracting(ranges(volumes))
    let found = ranges(carved.carved).intersection(whole)
    let failed = ranges(carved.unread).intersection(whole).subtracting(found)
    parts.carved += found.count
    parts.unread += failed.count
    parts.knownZeros += carved.knownZeros
    let rest = whole.count - found.count - failed.count
    if carved.wasSearched { parts.gaps += rest } else { parts.unread += rest }
    volumes.append(0..<size)
  }

  /// Returns the account, once every volume and the gaps have been added.
  var account: MediumAccount { parts }

  /// Part of some ranges that no earlier volume covers: volumes of a damaged table may overlap.
  private mutating func claim(_ places: [Range<UInt64>]) -> ByteRanges {
    let new = ranges(places).subtracting(ranges(volumes))
    volumes += places
    return new
  }

  private func ranges(_ unordered: [Range<UInt64>]) -> ByteRanges {
    ByteRanges(unordered, limit: size)
  }
}
