import Bytes
import Containers
import Evidence
import FileSystems
import Volumes

/// Makes items of bytes that no file system lists: unallocated space, slack, and gaps between
/// volumes.
struct CarvedItems {
  let evidence: RawPath
  /// Volume of the bytes; nil outside every volume.
  let volume: Volume?
  let image: any Medium
  let pool: HelperPool
  let filter: PathFilter
  let receiver: any ItemReceiver
  /// Whether each run of free space becomes an item, in addition to the files found in it.
  let wholeRunsToo: Bool
  let lost: LostBytes
  /// Results of earlier scans; nil if none are kept.
  let memory: (any MediumMemory)?

  /// Virtual folder for carved items.
  private var folder: RawPath { volume == nil ? "/$Unpartitioned" : "/$Unallocated" }

  /// Knowledge about the bytes that are carved.
  struct Known {
    /// Deleted items stored in one piece: a carved file of exactly this range was already scanned.
    var deleted: Set<Range<UInt64>> = []
    /// Files by the slack in their last cluster; empty outside slack.
    var slack = SlackIndex()
    /// Contents of live files in one piece, in order.
    var heads: [Range<UInt64>] = []
  }

  /// Carves files that begin in `window` of unowned bytes, and pushes them.
  func carve(
    _ unowned: ByteRanges, in window: Range<UInt64>, known: Known,
    overlap: inout CarvingOverlap
  ) -> MediumSpace.Carved {
    let found = search(unowned.ranges(touching: window), in: window)
    let carver = Carver(image: image, isCancelled: { receiver.isCancelled })
    let files = (found.files + carver.longer(than: known.heads, in: window, before: unowned))
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    var carved = [Range<UInt64>]()
    for file in files where !known.deleted.contains(file.range) {
      guard overlap.admits(file) else { continue }
      carved.append(file.range)
      if let owner = known.slack.path(of: file.range) {
        push(file.range, .slack, owner)
      } else {
        push(
          file.range, .carved,
          folder.appending(RawPath("offset-\(file.range.lowerBound).\(file.kind.rawValue)")))
      }
    }
    if wholeRunsToo {
      for range in unowned.ranges where window.contains(range.lowerBound) {
        guard !known.slack.contains(range) else { continue }
        carved.append(range)
        push(range, .carved, folder.appending(RawPath("offset-\(range.lowerBound).run")))
      }
    }
    report(found.unreadable)
    report(overdue: found.overdue)
    return MediumSpace.Carved(
      carved: carved, unread: found.unreadable, knownZeros: found.knownZeros, wasSearched: true)
  }

  private func search(_ ranges: ArraySlice<Range<UInt64>>, in window: Range<UInt64>)
    -> Carver.Result
  {
    let carver = Carver(image: image, isCancelled: { receiver.isCancelled })
    guard let memory else { return carver.carve(ranges, in: window) }
    return RememberedCarving(evidence: evidence, memory: memory).result(
      ranges, in: window, of: carver)
  }

  /// Reports files that were not carved because too many would have shared the same bytes.
  func report(_ overlap: CarvingOverlap) {
    guard let range = overlap.range else { return }
    receiver.report(
      ItemProblem(
        .tooLarge,
        "\(overlap.refused) file headers between bytes \(range.lowerBound) and \(range.upperBound)"
          + " of the medium claim bytes that many others claim: they were not carved; scan the"
          + " range as a file"),
      at: Locator(evidence: evidence, volume: volume, path: folder))
  }

  private func push(_ range: Range<UInt64>, _ state: AllocationState, _ path: RawPath) {
    guard !receiver.isCancelled else { return }
    guard filter.passes(file: path) else {
      receiver.ignore(.excluded, at: nil)
      return
    }
    let length = range.upperBound - range.lowerBound
    let entry = FileEntry(
      path: path, address: StreamAddress(inode: 0, type: 0, id: 0),
      size: length, state: state, hasOtherPaths: false, times: FileTimes(),
      extents: [Extent(offset: range.lowerBound, length: length)])
    receiver.receive(
      Item(
        locator: Locator(
          evidence: evidence, volume: volume, path: path, state: state,
          runs: [Run(offset: range.lowerBound, length: length)]),
        content: ImageContent(
          evidence: evidence, volume: VolumeAddress(start: volume?.start ?? 0), entry: entry,
          image: image, pool: pool, lost: lost)))
  }

  private func report(overdue: [Range<UInt64>]) {
    for range in ByteRanges(overdue, limit: .max).ranges {
      receiver.report(
        ItemProblem(
          .timedOut,
          "looking for files in bytes \(range.lowerBound) to \(range.upperBound) of the medium took too long:"
            + " headers in the rest of them were not followed; scan the range as a file"),
        at: Locator(evidence: evidence, volume: volume, path: folder))
    }
  }

  private func report(_ unreadable: [Range<UInt64>]) {
    for range in ByteRanges(unreadable, limit: .max).ranges {
      receiver.report(
        ItemProblem(
          isMissing(range.lowerBound) ? .truncated : .unreadable,
          "bytes \(range.lowerBound) to \(range.upperBound) of the medium cannot be read"),
        at: Locator(evidence: evidence, volume: volume, path: folder))
    }
  }

  /// Whether a byte that cannot be read lies behind the end of the image.
  private func isMissing(_ place: UInt64) -> Bool {
    do throws(ImageError) {
      _ = try image.bytes(at: place, count: 1)
      return false
    } catch {
      return error.reason == .truncated
    }
  }
}
