import Bytes
import Evidence

/// Pushes what is on one medium: the items of every volume, and what is carved between them, in the order of the
/// medium, while its digests are made.
struct MediumWalk {
  let evidence: RawPath
  let image: any ImageReader
  let pool: HelperPool
  let options: ImageSource.Options
  let receiver: any ItemReceiver
  /// Makes the digests behind everything else; nil if nobody wants them.
  let reading: MediumReading?

  init(
    evidence: RawPath, image: any ImageReader, pool: HelperPool, options: ImageSource.Options,
    receiver: any ItemReceiver
  ) {
    self.evidence = evidence
    self.image = image
    self.pool = pool
    self.options = options
    self.receiver = receiver
    reading =
      options.verifies ? MediumReading(image, isCancelled: { receiver.isCancelled }) : nil
  }

  /// Answers what the medium's bytes are; nil if the scan was cancelled.
  func run(_ volumes: [ImageVolume]) -> MediumAccount? {
    var space = MediumSpace(evidence: evidence, size: image.size)
    let gaps = ByteRanges([0..<image.size], limit: image.size).subtracting(
      ByteRanges(volumes.map(\.volume.range), limit: image.size))
    var betweenVolumes = SpaceSearch(carvedItems(nil), free: gaps, reading: reading)
    var between = VolumeSpace()
    for volumes in volumes.groups where !receiver.isCancelled {
      betweenVolumes.advance(to: volumes[volumes.startIndex].volume.start, &between)
      push(volumes, noting: &space)
    }
    betweenVolumes.advance(to: .max, &between)
    space.addGaps(between.carved)
    guard !receiver.isCancelled else { return nil }
    var account = space.account
    account.verification = verification()
    return account
  }

  /// Pushes the items of the volumes of one range of the medium, each in its order, then what is carved from
  /// the range: it is one volume, or an APFS container, whose volumes share the space.
  private func push(_ volumes: ArraySlice<ImageVolume>, noting space: inout MediumSpace) {
    guard let first = volumes.first else { return }
    var found: VolumeSpace?
    for volume in volumes where !receiver.isCancelled {
      let one = push(volume, isAlone: volumes.count == 1)
      if found == nil { found = one } else { found?.merge(one) }
    }
    var known = found ?? VolumeSpace()
    let whole = ByteRanges([first.volume.range], limit: image.size)
    // What a container has given to none of its volumes is free, too.
    let given = ByteRanges(volumes.flatMap(\.runs), limit: image.size)
    let carvedAlready = ByteRanges(
      volumes.count == 1 && known.carved.wasSearched ? known.free : [], limit: image.size)
    known.free += whole.subtracting(given).ranges
    let free = ByteRanges(known.free, limit: image.size)
    // Of what is not known anything may be unallocated that is in no file.
    let rest =
      known.isListed && known.isMapped
      ? free : whole.subtracting(ByteRanges(known.items, limit: image.size))
    var search = SpaceSearch(
      carvedItems(first.volume), free: rest.subtracting(carvedAlready), reading: reading)
    search.advance(to: .max, &known)
    space.add(first.volume, known)
  }

  /// Pushes the items of one volume and what is carved from it, in the order of the medium; answers what its bytes are.
  /// Free space that several volumes share is not looked into.
  private func push(_ volume: ImageVolume, isAlone: Bool) -> VolumeSpace {
    let walk = VolumeWalk(
      evidence: evidence, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, carving: carvedItems(volume.volume), reading: reading,
      carvesFreeSpace: isAlone)
    for problem in (volume.problem.map { [$0] } ?? []) + volume.omissions {
      walk.report(problem, at: "/")
    }
    guard volume.problem == nil else { return VolumeSpace() }
    guard volume.hasFiles else {
      return VolumeSpace(free: volume.runs, isListed: true, isMapped: true)
    }
    return walk.run()
  }

  /// Who carves; nil if the user wants none of it.
  private func carvedItems(_ volume: Volume?) -> CarvedItems? {
    guard options.unallocated != .none else { return nil }
    return CarvedItems(
      evidence: evidence, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, wholeRunsToo: options.unallocated == .all)
  }

  /// Reads what is left of the medium, and reports what its digests say.
  private func verification() -> MediumVerification? {
    let verification = reading?.finish()
    let place = Locator(evidence: evidence, path: "/")
    for run in verification?.unreadable ?? [] {
      receiver.report(
        ItemProblem(
          .unreadable, "\(run.length) bytes from byte \(run.offset) of the medium on cannot be read"
        ),
        at: place)
    }
    for stored in verification?.stored ?? [] where !stored.isEqual {
      receiver.report(
        ItemProblem(
          .unreadable,
          "the medium's \(stored.algorithm) is not the one that the image keeps: it was changed"),
        at: place)
    }
    return verification
  }
}

extension [ImageVolume] {
  /// By their place on the medium, those that share their space together, in order.
  fileprivate var groups: [ArraySlice<ImageVolume>] {
    let ordered = enumerated().sorted {
      ($0.element.volume.start, $0.offset) < ($1.element.volume.start, $1.offset)
    }.map(\.element)
    return ordered.indices.reduce(into: []) { groups, index in
      if index > 0, ordered[index].address.block != 0,
        ordered[index - 1].volume.range == ordered[index].volume.range
      {
        let last = groups.removeLast()
        groups.append(ordered[last.startIndex...index])
      } else {
        groups.append(ordered[index...index])
      }
    }
  }
}
