import Bytes
import Containers
import Evidence
import Volumes

/// Pushes the content of one medium: the items of every volume, and carved items between them,
/// in the order of the medium, while its digests are computed.
struct MediumWalk {
  let evidence: RawPath
  let image: any Medium
  let pool: HelperPool
  let options: ImageSource.Options
  let receiver: any ItemReceiver
  /// Computes the digests behind everything else; nil if they are not requested.
  let reading: MediumReading?
  /// Bytes of items that could not be read.
  let lost = LostBytes()
  /// Results of earlier scans; nil if none are kept.
  let memory: (any MediumMemory)?

  init(
    evidence: RawPath, image: any Medium, pool: HelperPool, options: ImageSource.Options,
    receiver: any ItemReceiver, memory: (any MediumMemory)?
  ) {
    self.memory = memory
    for range in memory?.lost(in: evidence) ?? [] {
      lost.note(range.lowerBound, length: range.upperBound - range.lowerBound)
    }
    self.evidence = evidence
    self.image = image
    self.pool = pool
    self.options = options
    self.receiver = receiver
    reading =
      options.verifies ? MediumReading(image, isCancelled: { receiver.isCancelled }) : nil
  }

  /// Returns the classification of the medium's bytes; nil if the scan was cancelled.
  func run(_ volumes: [ImageVolume]) -> MediumAccount? {
    var space = MediumSpace(evidence: evidence, size: image.size)
    let gaps = ByteRanges([0..<image.size], limit: image.size).subtracting(
      ByteRanges(volumes.map(\.volume.range), limit: image.size))
    var betweenVolumes = SpaceSearch(carvedItems(nil), unowned: gaps, reading: reading)
    var between = MediumSpace.Carved(wasSearched: false)
    for volumes in volumes.groups where !receiver.isCancelled {
      betweenVolumes.advance(to: volumes[volumes.startIndex].volume.start, &between)
      let first = volumes[volumes.startIndex].volume.start
      receiver.advance(to: first, of: image.size, in: evidence)
      let owners = push(volumes, noting: &space)
      // Files of a volume may lie behind the end that its partition or boot sector states.
      betweenVolumes.exclude(owners.content)
    }
    betweenVolumes.advance(to: .max, &between)
    space.addGaps(between)
    guard !receiver.isCancelled else { return nil }
    var account = space.account
    account.verification = verification()
    return account
  }

  /// Pushes the items of the volumes that share bytes of the medium, each in its order, then the
  /// items carved from those bytes; returns the owners of the bytes. They are one volume, a container, or several entries for the
  /// same bytes in a damaged table.
  private func push(_ volumes: ArraySlice<ImageVolume>, noting space: inout MediumSpace)
    -> SpaceOwners
  {
    guard let first = volumes.first else { return SpaceOwners() }
    var found: VolumeSpace?
    for volume in volumes where !receiver.isCancelled {
      let one = push(volume, isAlone: volumes.count == 1)
      if found == nil { found = one } else { found?.merge(one) }
    }
    var known = found ?? VolumeSpace()
    let places = volumes.map(\.volume.range)
    let whole = ByteRanges(places, limit: image.size)
    // Space that a container has given to none of its volumes is free, too.
    known.free += whole.subtracting(ByteRanges(volumes.flatMap(\.runs), limit: image.size)).ranges
    if !known.carved.wasSearched {
      var search = SpaceSearch(
        carvedItems(first.volume), unowned: known.owners.unowned(of: whole),
        known: .init(
          deleted: known.owners.deleted,
          heads: known.owners.heads.sorted { $0.upperBound < $1.upperBound }), reading: reading)
      search.advance(to: .max, &known.carved)
    }
    space.add(places, known)
    return known.owners
  }

  /// Pushes the items of one volume and, if it does not share its bytes, the items carved from
  /// it, in the order of the medium. Returns the classification of its bytes.
  private func push(_ volume: ImageVolume, isAlone: Bool) -> VolumeSpace {
    let walk = VolumeWalk(
      evidence: evidence, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, carving: isAlone ? carvedItems(volume.volume) : nil, reading: reading,
      lost: lost)
    for problem in (volume.problem.map { [$0] } ?? []) + volume.omissions {
      walk.report(problem, at: "/")
    }
    guard volume.problem == nil else { return VolumeSpace() }
    guard volume.hasFiles else {
      return VolumeSpace(free: volume.runs, isMapped: true, isListed: true)
    }
    return walk.run()
  }

  /// Carver of a volume's space; nil if carving is not requested.
  private func carvedItems(_ volume: Volume?) -> CarvedItems? {
    guard options.unallocated != .none else { return nil }
    return CarvedItems(
      evidence: evidence, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, wholeRunsToo: options.unallocated == .all, lost: lost,
      memory: memory)
  }

  /// Reads the rest of the medium, and reports the result of its digests.
  private func verification() -> MediumVerification? {
    let verification = reading?.finish()
    let place = Locator(evidence: evidence, path: "/")
    for run in verification?.unreadable ?? [] {
      receiver.report(
        ItemProblem(
          .unreadable, "\(run.length) bytes at byte \(run.offset) of the medium cannot be read"
        ),
        at: place)
    }
    for stored in verification?.stored ?? [] where !stored.isEqual {
      receiver.report(
        ItemProblem(
          .unreadable,
          "the medium's \(stored.algorithm) differs from the one stored in the image: it was modified"
        ),
        at: place)
    }
    return verification
  }
}

extension [ImageVolume] {
  /// Groups of volumes that share bytes, ordered by their place on the medium.
  fileprivate var groups: [ArraySlice<ImageVolume>] {
    let ordered = enumerated().sorted {
      ($0.element.volume.start, $0.offset) < ($1.element.volume.start, $1.offset)
    }.map(\.element)
    var end: UInt64 = 0
    return ordered.indices.reduce(into: []) { groups, index in
      let range = ordered[index].volume.range
      if index > 0, range.lowerBound < end {
        let last = groups.removeLast()
        groups.append(ordered[last.startIndex...index])
      } else {
        groups.append(ordered[index...index])
      }
      end = Swift.max(end, range.upperBound)
    }
  }
}
