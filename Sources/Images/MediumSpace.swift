import Bytes
import Evidence

/// Gathers what the bytes of a medium are, volume by volume, for its account.
struct MediumSpace {
  private let size: UInt64
  private var parts: MediumAccount
  private var volumes: [Range<UInt64>] = []

  /// What carving came to.
  struct Carved {
    var carved: [Range<UInt64>] = []
    var unread: [Range<UInt64>] = []
    /// Bytes that the container knows to be zeros.
    var knownZeros: UInt64 = 0
    /// Whether the space was looked at.
    var wasSearched: Bool

    /// Adds what carving another part came to.
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

  /// A volume, or a container of volumes, as far as it was listed. A byte that is several things is an item first, then carved, slack,
  /// free; what is left is the file system's own.
  mutating func add(_ volume: Volume, _ space: VolumeSpace) {
    let carved = space.carved
    let whole = take(volume.range)
    let items = ranges(space.items).intersection(whole)
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
    parts.slack += part(space.slack)
    let free = part(space.free)
    if carved.wasSearched { parts.unallocated += free } else { parts.unread += free }
    let rest = whole.count - known.count
    // What is allocated and in no file is the file system's own, unless files are missing. Without a map of what is
    // allocated all of it was searched as if nothing were.
    if space.isListed, space.isMapped {
      parts.metadata += rest
    } else if space.isListed, carved.wasSearched {
      parts.unallocated += rest
    } else {
      parts.unread += rest
    }
  }

  /// Enters what was found in the gaps, which no volume covers.
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

  /// The account, once every volume and the gaps are in it.
  var account: MediumAccount { parts }

  /// The part of a range that no volume before had: volumes of a damaged table may overlap.
  private mutating func take(_ range: Range<UInt64>) -> ByteRanges {
    let new = ranges([range]).subtracting(ranges(volumes))
    volumes.append(range)
    return new
  }

  private func ranges(_ unordered: [Range<UInt64>]) -> ByteRanges {
    ByteRanges(unordered, limit: size)
  }
}

extension Volume {
  /// Its bytes in the image.
  var range: Range<UInt64> {
    let (end, overflow) = start.addingReportingOverflow(length)
    return start..<(overflow ? .max : end)
  }
}
