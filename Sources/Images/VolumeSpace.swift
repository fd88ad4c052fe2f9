import Bytes
import Evidence

/// What a volume's bytes were found to be, until the account of the medium is made.
struct VolumeSpace {
  /// Bytes of items.
  var items: [Range<UInt64>] = []
  /// How many bytes of a deleted item lie together from its first one on: what is carved there, and is not longer,
  /// was scanned with the item. Of one in fragments that says nothing of what lies between them.
  var deleted: [UInt64: UInt64] = [:]
  /// What follows the end of a file in its last cluster.
  var slack: [Range<UInt64>] = []
  /// The part of it that nobody has looked into yet, and whose files it belongs to.
  var newSlack: [Slack] = []
  /// What carving slack and free space came to.
  var carved = MediumSpace.Carved(wasSearched: false)
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
    carved.add(other.carved)
    free += other.free
    isListed = isListed && other.isListed
    isMapped = isMapped && other.isMapped
  }

  /// Takes note of where an item lies.
  mutating func add(_ entry: ItemEntry) {
    let stored = (entry.extents ?? []).compactMap { extent in
      extent.offset.map { $0..<($0 + extent.length) }
    }
    for range in stored {
      if let before = items.last, before.upperBound == range.lowerBound {
        items[items.count - 1] = before.lowerBound..<range.upperBound
      } else {
        items.append(range)
      }
    }
    guard let first = stored.first, let last = stored.last else { return }
    if entry.state != .allocated, entry.extents?.first?.offset != nil {
      let length = first.upperBound - first.lowerBound
      deleted[first.lowerBound] = max(deleted[first.lowerBound] ?? 0, length)
    }
    let (end, overflow) = last.upperBound.addingReportingOverflow(entry.slack)
    // A file cannot hide in less than a sector.
    // Further names and streams of the same file come one behind the other.
    if entry.slack >= Carver.sectorSize, !overflow, entry.state == .allocated,
      slack.last?.lowerBound != last.upperBound
    {
      slack.append(last.upperBound..<end)
      newSlack.append(Slack(range: last.upperBound..<end, path: entry.path))
    }
  }
}
