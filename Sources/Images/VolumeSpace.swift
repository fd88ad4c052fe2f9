import Bytes
import Evidence

/// What a volume's bytes were found to be, until the account of the medium is made.
struct VolumeSpace {
  /// Bytes of items.
  var items: [Range<UInt64>] = []
  /// How long the deleted items are that begin at a byte: what is carved there is found already.
  var deleted: [UInt64: UInt64] = [:]
  /// What follows the end of a file in its last cluster, and whose file it is.
  var slack: [Slack] = []
  /// Bytes of slack in which something was found.
  var carvedSlack: [Range<UInt64>] = []
  /// Bytes that the file system has allocated to nothing.
  var free: [Range<UInt64>] = []
  /// Whether all was listed that is allocated.
  var isListed = false
  /// Whether the map of free space was read.
  var isMapped = false

  /// The end of an allocation, and the file that it is part of.
  struct Slack {
    let range: Range<UInt64>
    let path: RawPath
  }

  /// Takes in what another volume of the same container was found to be: only what both know is known.
  mutating func merge(_ other: VolumeSpace) {
    items += other.items
    deleted.merge(other.deleted, uniquingKeysWith: max)
    slack += other.slack
    carvedSlack += other.carvedSlack
    free += other.free
    isListed = isListed && other.isListed
    isMapped = isMapped && other.isMapped
  }

  /// Takes note of where an item lies.
  mutating func add(_ entry: ItemEntry) {
    let stored = (entry.extents ?? []).compactMap { extent in
      extent.offset.map { $0..<($0 + extent.length) }
    }
    items += stored
    guard let first = stored.first, let last = stored.last else { return }
    if entry.state != .allocated {
      deleted[first.lowerBound] = max(deleted[first.lowerBound] ?? 0, entry.size)
    }
    let (end, overflow) = last.upperBound.addingReportingOverflow(entry.slack)
    // A file cannot hide in less than a sector.
    // Further names and streams of the same file come one behind the other.
    if entry.slack >= Carver.sectorSize, !overflow, entry.state == .allocated,
      slack.last?.range.lowerBound != last.upperBound
    {
      slack.append(Slack(range: last.upperBound..<end, path: entry.path))
    }
  }
}
