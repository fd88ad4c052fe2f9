import Bytes
import Evidence

/// Makes items of what no file system lists: unallocated space, slack, and gaps between volumes.
struct CarvedItems {
  let evidence: RawPath
  /// nil outside of every volume.
  let volume: Volume?
  let image: any ImageReader
  let pool: HelperPool
  let filter: PathFilter
  let receiver: any ItemReceiver
  /// Whether each run of free space becomes an item, besides what is found in it.
  let wholeRunsToo: Bool

  /// The folder that is made up for what is carved.
  private var folder: RawPath { volume == nil ? "/$Unpartitioned" : "/$Unallocated" }

  /// Carves what begins in `window` of some free space, and pushes what is found.
  func carve(
    _ free: ByteRanges, in window: Range<UInt64> = 0..<(.max), except deleted: [UInt64: UInt64]
  ) -> MediumSpace.Carved {
    let found = Carver(image: image, isCancelled: { receiver.isCancelled }).carve(
      free.ranges(touching: window), in: window)
    var carved = [Range<UInt64>]()
    for file in found.files {
      let length = file.range.upperBound - file.range.lowerBound
      if let known = deleted[file.range.lowerBound], known >= length { continue }
      carved.append(file.range)
      push(
        file.range, .carved,
        folder.appending(RawPath("offset-\(file.range.lowerBound).\(file.kind.rawValue)")))
    }
    if wholeRunsToo {
      for range in free.ranges where window.contains(range.lowerBound) {
        carved.append(range)
        push(range, .carved, folder.appending(RawPath("offset-\(range.lowerBound).run")))
      }
    }
    report(found.unreadable, in: folder)
    return MediumSpace.Carved(
      carved: carved, unread: found.unreadable, knownZeros: found.knownZeros, wasSearched: true)
  }

  /// Looks into what follows the ends of files in their last clusters.
  func carve(_ slack: [VolumeSpace.Slack]) -> MediumSpace.Carved {
    let ordered = slack.sorted { $0.range.lowerBound < $1.range.lowerBound }
    let found = Carver(image: image, isCancelled: { receiver.isCancelled }).carve(
      ordered.map(\.range))
    var index = 0
    for file in found.files {
      while ordered[index].range.upperBound <= file.range.lowerBound { index += 1 }
      push(file.range, .slack, ordered[index].path)
    }
    report(found.unreadable, in: "/$Slack")
    return MediumSpace.Carved(
      carved: found.files.map(\.range), unread: [], knownZeros: found.knownZeros,
      wasSearched: true)
  }

  private func push(_ range: Range<UInt64>, _ state: AllocationState, _ path: RawPath) {
    guard !receiver.isCancelled else { return }
    guard filter.passes(file: path) else {
      receiver.ignore(.excluded, at: nil)
      return
    }
    let length = range.upperBound - range.lowerBound
    let entry = ItemEntry(
      path: path, stream: nil,
      address: StreamAddress(
        volume: VolumeAddress(start: volume?.start ?? 0), inode: 0, type: 0, id: 0),
      size: length, state: state, hasOtherPaths: false, times: FileTimes(),
      extents: [Extent(offset: range.lowerBound, length: length)])
    receiver.receive(
      Item(
        locator: Locator(
          evidence: evidence, volume: volume, path: path, state: state,
          runs: [Run(offset: range.lowerBound, length: length)]),
        content: ImageContent(evidence: evidence, entry: entry, image: image, pool: pool)))
  }

  private func report(_ unreadable: [Range<UInt64>], in folder: RawPath) {
    for range in ByteRanges(unreadable, limit: .max).ranges {
      receiver.report(
        ItemProblem(
          .unreadable,
          "bytes \(range.lowerBound) to \(range.upperBound) of the medium cannot be read"),
        at: Locator(evidence: evidence, volume: volume, path: folder))
    }
  }
}
