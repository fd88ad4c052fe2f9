import Bytes
import Evidence

/// Ownership of a volume's bytes by the items that its file system lists, collected before
/// anything is carved. Only content of a live file is excluded from carving: it is scanned as
/// an item. Bitmaps do not matter.
struct SpaceOwners {
  /// Size in bytes of a sector: files begin with one.
  static let sectorSize: UInt64 = 512

  /// Content of live files, as in their items.
  private(set) var content: [Range<UInt64>] = []
  /// Content of other items: deleted files, orphans, and the file system's own files
  /// (`$LogFile`), which may contain anything.
  private(set) var others: [Range<UInt64>] = []
  /// Structures that the file system reader parsed: inode tables, directories.
  private(set) var structures: [Range<UInt64>] = []
  /// Space between the end of a live file and the end of its last cluster, with the file's entry
  /// in the listing.
  private(set) var slack: [(range: Range<UInt64>, entry: VolumeListing.Entry)] = []
  /// Content of live files that lie in one piece from the beginning of a sector: a file that is longer by its header
  /// may begin there, and end behind.
  private(set) var heads: [Range<UInt64>] = []
  /// Deleted items stored in one piece: a carved file of exactly this range was already scanned.
  private(set) var deleted: Set<Range<UInt64>> = []

  /// Records the location of an item.
  mutating func add(_ item: ItemLayout, entry: VolumeListing.Entry) {
    let coversSpace = item.state == .allocated && !item.isInternal
    for range in item.stored {
      if coversSpace {
        Self.append(range, to: &content)
      } else {
        Self.append(range, to: &others)
      }
    }
    guard let first = item.stored.first, let last = item.stored.last else { return }
    if item.state != .allocated, item.stored.count == 1, item.isDense { deleted.insert(first) }
    if coversSpace, item.stored.count == 1, item.isDense,
      first.lowerBound.isMultiple(of: Self.sectorSize), heads.last != first
    {
      heads.append(first)
    }
    let (end, overflow) = last.upperBound.addingReportingOverflow(item.slack)
    // Less than a sector cannot contain a file. Further names and streams of a file are
    // consecutive.
    if item.slack >= Self.sectorSize, !overflow, coversSpace,
      slack.last?.range.lowerBound != last.upperBound
    {
      slack.append((last.upperBound..<end, entry))
    }
  }

  /// Records content of a live file that only the helper can read, such as compressed clusters.
  mutating func add(content range: Range<UInt64>) { Self.append(range, to: &content) }

  /// Records a parsed structure.
  mutating func add(structure range: Range<UInt64>) { Self.append(range, to: &structures) }

  /// Merges the bytes of another volume's items.
  mutating func merge(_ other: SpaceOwners) {
    content += other.content
    others += other.others
    structures += other.structures
    deleted.formUnion(other.deleted)
    heads += other.heads
    slack += other.slack
  }

  /// Parts of `whole` to carve: everything but content of live files. Pieces of content that
  /// contain no beginning of a sector, such as content in an MFT record or an inode, are not
  /// excluded: that would only split reads.
  func unowned(of whole: ByteRanges) -> ByteRanges {
    let limit = whole.ranges.last?.upperBound ?? 0
    return whole.subtracting(
      ByteRanges(content.filter { Self.holdsSectorStart($0) }, limit: limit))
  }

  private static func holdsSectorStart(_ range: Range<UInt64>) -> Bool {
    let last = range.upperBound - 1
    return last / Self.sectorSize * Self.sectorSize >= range.lowerBound
  }

  private static func append(_ range: Range<UInt64>, to ranges: inout [Range<UInt64>]) {
    guard !range.isEmpty else { return }
    if let before = ranges.last, before.upperBound == range.lowerBound {
      ranges[ranges.count - 1] = before.lowerBound..<range.upperBound
    } else {
      ranges.append(range)
    }
  }
}
