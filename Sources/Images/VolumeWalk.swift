import Bytes
import Containers
import Evidence
import FileSystems
import HelperProcesses
import Volumes

/// Lists one volume with a helper, and pushes the listed items in the order of the medium. The
/// helper is not trusted: numbers are checked against the image, and the list against the
/// capacity of the volume.
struct VolumeWalk {
  let evidence: RawPath
  let volume: ImageVolume
  let image: any Medium
  let pool: HelperPool
  let filter: PathFilter
  let receiver: any ItemReceiver
  /// Carves unowned space behind the items; nil if not requested, or if other volumes share the
  /// bytes.
  let carving: CarvedItems?
  /// Computes the digests of the medium behind it; nil if they are not requested.
  let reading: MediumReading?
  let lost: LostBytes

  /// Number of bytes of which items are pushed before the space between them is carved: the bytes
  /// were just read, or are about to be.
  private static let stride: UInt64 = 8 << 20

  /// Pushes every item of the volume; returns the classification of its bytes.
  func run() -> VolumeSpace {
    var space = VolumeSpace()
    do throws(HelperProcess.Failure) {
      let helper = try pool.start(for: volume.address)
      try helper.send(.walk(volume.address))
      var listing = VolumeListing()
      // Scan the items listed before the helper failed.
      var failure = list(helper, in: &listing)
      if failure == nil {
        do throws(HelperProcess.Failure) {
          space.free = try freeSpace(helper)
          space.isMapped = true
        } catch .refused {
          // Unowned space is carved regardless of the bitmap.
        } catch {
          failure = error
        }
      }
      try push(&listing, noting: &space)
      if let failure { throw failure }
      // Content of APFS snapshots is allocated but belongs to no listed file.
      space.isListed = volume.address.block == 0 || volume.omissions.isEmpty
    } catch {
      let cause = ItemProblem(error)
      report(ItemProblem(cause.reason, "the volume was not read to its end: \(error)"), at: "/")
    }
    return space
  }

  /// Unallocated space of the volume's file system, truncated at the end of the volume.
  private func freeSpace(_ helper: HelperProcess) throws(HelperProcess.Failure) -> [Range<UInt64>] {
    guard !receiver.isCancelled else { return [] }
    try helper.send(.freeSpace(volume.address))
    let (end, overflow) = volume.volume.start.addingReportingOverflow(volume.volume.length)
    let limit = min(overflow ? image.size : end, image.size)
    var runs = [Range<UInt64>]()
    while !receiver.isCancelled {
      // A block is at least one sector.
      guard UInt64(runs.count) <= volume.volume.length / 512 + 1 else {
        throw .protocolError("more free space than the volume has")
      }
      switch try helper.receive() {
      case .free(let run):
        let (runEnd, overflow) = run.offset.addingReportingOverflow(run.length)
        guard !overflow, run.offset >= volume.volume.start else {
          throw .protocolError("free space outside the volume")
        }
        if run.offset < limit, run.length > 0 { runs.append(run.offset..<min(runEnd, limit)) }
      case .done: return runs
      case .failed(let message): throw .refused(message)
      default: throw .protocolError("unexpected reply")
      }
    }
    return runs
  }

  private func list(_ helper: HelperProcess, in listing: inout VolumeListing)
    -> HelperProcess.Failure?
  {
    do throws(HelperProcess.Failure) {
      try receiveItems(from: helper, into: &listing)
      return nil
    } catch {
      return error
    }
  }

  /// Pushes the listed items, and those carved between them, in ascending order. An invalid entry
  /// is skipped, and the volume fails at the end because of it.
  private func push(_ listing: inout VolumeListing, noting space: inout VolumeSpace)
    throws(HelperProcess.Failure)
  {
    var lie: HelperProcess.Failure?
    listing.order()
    space.owners = listing.owners
    let whole = ByteRanges([volume.volume.range], limit: image.size)
    var search = SpaceSearch(
      carving, unowned: carving == nil ? ByteRanges([], limit: 0) : space.owners.unowned(of: whole),
      known: .init(
        deleted: space.owners.deleted, slack: SlackIndex(listing),
        heads: space.owners.heads.sorted { $0.upperBound < $1.upperBound }), reading: reading)
    listing.visit { fields in
      do throws(HelperProcess.Failure) {
        let (entry, item) = try self.item(fields)
        if entry.rank >= search.position + Self.stride {
          search.advance(to: entry.rank, &space.carved)
          receiver.advance(to: entry.rank, of: image.size, in: evidence)
        }
        if passes(entry.path) {
          receiver.receive(item)
        } else {
          receiver.ignore(.excluded, at: nil)
        }
      } catch {
        lie = lie ?? error
      }
      return !receiver.isCancelled
    }
    search.advance(to: .max, &space.carved)
    if let lie { throw lie }
  }

  func report(_ problem: ItemProblem, at path: RawPath) {
    receiver.report(problem, at: Locator(evidence: evidence, volume: volume.volume, path: path))
  }

  private func receiveItems(from helper: HelperProcess, into listing: inout VolumeListing)
    throws(HelperProcess.Failure)
  {
    // A directory entry has at least 32 bytes (FAT); hard links and streams need more.
    var entriesLeft = volume.volume.length / 32 + 65_536
    while !receiver.isCancelled {
      guard entriesLeft > 0 else { throw .protocolError("more names than the volume can hold") }
      entriesLeft -= 1
      switch try helper.receive() {
      case .item(let fields):
        do throws(WireReader.Malformed) { try listing.append(fields) } catch {
          throw .protocolError("malformed item")
        }
      case .problem(let path, let reason, let message):
        report(ItemProblem(reason, message), at: path)
      case .ignored(let kind, let count):
        guard count <= 100_000_000 else { throw .protocolError("invalid count") }
        for _ in 0..<count { receiver.ignore(kind, at: nil) }
      case .owned(let kind, let runs): listing.add(kind, runs, in: volume.volume.range)
      case .heartbeat: continue
      case .done: return
      case .failed(let message): throw .refused(message)
      case .volume, .containedVolume, .fileSystem, .refused, .data, .free, .need:
        throw .protocolError("unexpected reply")
      }
    }
  }

  /// Whether the path passes the filter: an excluded directory excludes everything below it.
  private func passes(_ path: RawPath) -> Bool {
    guard filter.passes(file: path) else { return false }
    guard !filter.excluded.isEmpty else { return true }
    var folder = path.parent
    while folder.bytes.count > 1 {
      guard filter.passes(directory: folder) else { return false }
      folder = folder.parent
    }
    return true
  }

  private func item(_ fields: [UInt8]) throws(HelperProcess.Failure) -> (FileEntry, Item) {
    let listed: ListedItem
    do throws(WireReader.Malformed) { listed = try ListedItem(fields) } catch {
      throw .protocolError("malformed item")
    }
    let entry = listed.file
    guard entry.size <= UInt64(Int64.max), listed.volume == volume.address else {
      throw .protocolError("invalid numbers for \(entry.path.shown)")
    }
    var total: UInt64 = 0
    for extent in entry.extents ?? [] {
      // Ranges beyond the end of a truncated image are reported when they are read.
      let (_, overflow) = (extent.offset ?? 0).addingReportingOverflow(extent.length)
      guard !overflow else { throw .protocolError("invalid offset for \(entry.path.shown)") }
      let (sum, sumOverflows) = total.addingReportingOverflow(extent.length)
      guard !sumOverflows else { throw .protocolError("invalid size for \(entry.path.shown)") }
      total = sum
    }
    guard entry.extents == nil || total == entry.size else {
      throw .protocolError("inconsistent runs of \(entry.path.shown)")
    }
    let runs = (entry.extents ?? []).compactMap { extent in
      extent.offset.map { Run(offset: $0, length: extent.length) }
    }
    let item = Item(
      locator: Locator(
        evidence: evidence, volume: volume.volume, path: entry.path, stream: entry.stream,
        state: entry.state, runs: runs),
      content: ImageContent(
        evidence: evidence, volume: volume.address, entry: entry, image: image, pool: pool,
        lost: lost))
    return (entry, item)
  }
}
