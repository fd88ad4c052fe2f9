import Bytes
import Evidence

/// Lists one volume with a helper, and pushes what it found in the order of the medium. Nothing that the
/// helper says is trusted: numbers are held against the image, and the list against what the volume can hold.
struct VolumeWalk {
  let evidence: RawPath
  let volume: ImageVolume
  let image: any ImageReader
  let pool: HelperPool
  let filter: PathFilter
  let receiver: any ItemReceiver
  /// Looks into what belongs to no file; nil if nobody wants that.
  let carving: CarvedItems?
  /// Makes the digests of the medium behind it; nil if nobody wants them.
  let reading: MediumReading?
  /// Whether the free space is this volume's alone.
  let carvesFreeSpace: Bool

  /// So far the items are pushed before what lies between them is looked into: it was just read, or is about to be.
  private static let stride: UInt64 = 8 << 20

  /// Pushes every item of the volume; answers what its bytes are.
  func run() -> VolumeSpace {
    var space = VolumeSpace()
    do throws(HelperProcess.Failure) {
      let helper = try pool.start(for: volume.address)
      try helper.send(.walk(volume.address))
      var listing = VolumeListing()
      // What was listed before a helper failed is scanned all the same.
      var failure = list(helper, in: &listing)
      if failure == nil {
        do throws(HelperProcess.Failure) {
          space.free = try freeSpace(helper)
          space.isMapped = true
        } catch .refused {
          // Without a map of free space everything is carved that is in no file.
        } catch {
          failure = error
        }
      }
      try push(&listing, noting: &space)
      if let failure { throw failure }
      // What snapshots of APFS keep is allocated, and in no file that was listed.
      space.isListed = volume.address.block == 0 || volume.omissions.isEmpty
    } catch {
      let cause = ItemProblem(error)
      report(ItemProblem(cause.reason, "the volume was not read to its end: \(error)"), at: "/")
    }
    return space
  }

  /// What the volume's file system has allocated to nothing, cut at the volume's end.
  private func freeSpace(_ helper: HelperProcess) throws(HelperProcess.Failure) -> [Range<UInt64>] {
    guard !receiver.isCancelled else { return [] }
    try helper.send(.freeSpace(volume.address))
    let (end, overflow) = volume.volume.start.addingReportingOverflow(volume.volume.length)
    let limit = min(overflow ? image.size : end, image.size)
    var runs = [Range<UInt64>]()
    while !receiver.isCancelled {
      // No block is smaller than a sector.
      guard UInt64(runs.count) <= volume.volume.length / 512 + 1 else {
        throw .lied("more free space than the volume has")
      }
      switch try helper.receive() {
      case .free(let run):
        let (runEnd, overflow) = run.offset.addingReportingOverflow(run.length)
        guard !overflow, run.offset >= volume.volume.start else {
          throw .lied("free space outside of the volume")
        }
        if run.offset < limit, run.length > 0 { runs.append(run.offset..<min(runEnd, limit)) }
      case .done: return runs
      case .failed(let message): throw .refused(message)
      default: throw .lied("an answer to another question")
      }
    }
    return runs
  }

  private func list(_ helper: HelperProcess, in listing: inout VolumeListing)
    -> HelperProcess.Failure?
  {
    do throws(HelperProcess.Failure) {
      try take(from: helper, into: &listing)
      return nil
    } catch {
      return error
    }
  }

  /// Pushes what was listed, and what is carved between, all forwards. An entry that lies is left out, and the volume
  /// fails at the end for it.
  private func push(_ listing: inout VolumeListing, noting space: inout VolumeSpace)
    throws(HelperProcess.Failure)
  {
    var lie: HelperProcess.Failure?
    var search = SpaceSearch(
      carving, free: ByteRanges(carvesFreeSpace ? space.free : [], limit: image.size),
      reading: reading)
    listing.drain { fields in
      do throws(HelperProcess.Failure) {
        let (entry, item) = try self.item(fields)
        if entry.rank >= search.position + Self.stride { search.advance(to: entry.rank, &space) }
        space.add(entry)
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
    search.advance(to: .max, &space)
    if let lie { throw lie }
  }

  func report(_ problem: ItemProblem, at path: RawPath) {
    receiver.report(problem, at: Locator(evidence: evidence, volume: volume.volume, path: path))
  }

  private func take(from helper: HelperProcess, into listing: inout VolumeListing)
    throws(HelperProcess.Failure)
  {
    // A directory entry has 32 bytes at least (FAT); hard links and streams need more.
    var entriesLeft = volume.volume.length / 32 + 65_536
    while !receiver.isCancelled {
      guard entriesLeft > 0 else { throw .lied("more names than the volume can hold") }
      entriesLeft -= 1
      switch try helper.receive() {
      case .item(let fields):
        do throws(WireReader.Malformed) { try listing.append(fields) } catch {
          throw .lied("an item that cannot be read")
        }
      case .problem(let path, let reason, let message):
        report(ItemProblem(reason, message), at: path)
      case .ignored(let kind, let count):
        guard count <= 100_000_000 else { throw .lied("an impossible count") }
        for _ in 0..<count { receiver.ignore(kind, at: nil) }
      case .done: return
      case .failed(let message): throw .refused(message)
      case .volume, .containedVolume, .fileSystem, .data, .free:
        throw .lied("an answer to another question")
      }
    }
  }

  /// Whether the user wants this path: a directory that is excluded takes all below it along.
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

  private func item(_ fields: [UInt8]) throws(HelperProcess.Failure) -> (ItemEntry, Item) {
    let entry: ItemEntry
    do throws(WireReader.Malformed) {
      var reader = WireReader(fields)
      entry = try ItemEntry(&reader)
    } catch {
      throw .lied("an item that cannot be read")
    }
    guard entry.size <= UInt64(Int64.max), entry.address.volume == volume.address else {
      throw .lied("impossible numbers for \(entry.path.shown)")
    }
    var total: UInt64 = 0
    for extent in entry.extents ?? [] {
      // What lies beyond the end of a cut image is found missing when it is read.
      let (_, overflow) = (extent.offset ?? 0).addingReportingOverflow(extent.length)
      guard !overflow else { throw .lied("an impossible place for \(entry.path.shown)") }
      let (sum, sumOverflows) = total.addingReportingOverflow(extent.length)
      guard !sumOverflows else { throw .lied("an impossible size for \(entry.path.shown)") }
      total = sum
    }
    guard entry.extents == nil || total == entry.size else {
      throw .lied("runs of \(entry.path.shown) that do not add up")
    }
    let runs = (entry.extents ?? []).compactMap { extent in
      extent.offset.map { Run(offset: $0, length: extent.length) }
    }
    let item = Item(
      locator: Locator(
        evidence: evidence, volume: volume.volume, path: entry.path, stream: entry.stream,
        state: entry.state, runs: runs),
      content: ImageContent(evidence: evidence, entry: entry, image: image, pool: pool))
    return (entry, item)
  }
}
