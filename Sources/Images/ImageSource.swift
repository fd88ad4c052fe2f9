public import Bytes
public import Evidence

/// A disk image as evidence: the files of its file systems, deleted ones and streams too.
public struct ImageSource: ItemSource {
  /// How images are opened.
  public struct Options: Hashable, Sendable {
    /// The program that parses file systems, with its arguments; this program itself unless set.
    public var helper = ImageHelper.ownCommand
    /// A helper that is silent for so many seconds is ended, and its volume is failed.
    public var timeout = 120
    /// Which paths are scanned, absolute in their volume.
    public var filter = PathFilter()

    /// What is done with space that is allocated to nothing, slack, and gaps between volumes.
    public var unallocated = Unallocated.carve

    /// Whether the whole medium is read for its digests, once its items are.
    public var verifies = false

    /// The helper of this program, two minutes.
    public init() {}
  }

  /// What is done with bytes of an image that belong to no file.
  public enum Unallocated: String, Hashable, Sendable, CaseIterable {
    /// Executables are looked for at every sector, and become items.
    case carve
    /// As `carve`; and each run becomes an item as a whole.
    case all
    /// Nothing.
    case none
  }

  private let name: RawPath
  private let options: Options

  /// The image that the file, the first file of a split set, or the block device `name` is.
  public init(_ name: RawPath, options: Options = Options()) {
    self.name = name
    self.options = options
  }

  /// Whether a file is an image by its own bytes: a container's magic, a valid partition table or a
  /// superblock. Throws when it cannot be read.
  public static func recognises(_ file: RawPath) throws(ImageError) -> Bool {
    try ImageSignature.detect(try RawImage([file])) != nil
  }

  /// Whether a folder is an image by what lies in it: a sparse bundle of Apple's.
  public static func isBundle(_ folder: RawPath) -> Bool {
    (try? SparseBundle.kind(of: folder)) == .sparseBundle
  }

  /// The files of the image that `file` is or begins, in order: segments, extents, parents. As far as they
  /// can be found: it does not say what is missing.
  public static func files(of file: RawPath) -> [RawPath] {
    OpenedImage.files(of: file).all
  }

  /// Those of ``files(of:)`` that are nothing without the image: segments and extents. A parent is not
  /// among them: it holds what the disk was before.
  public static func parts(of file: RawPath) -> [RawPath] {
    OpenedImage.files(of: file).parts
  }

  /// The image, with the size of its medium.
  public var evidence: [EvidenceDescription] {
    [EvidenceDescription(name: name, kind: .image, size: (try? OpenedImage(name))?.reader.size)]
  }

  /// Pushes the items of the volumes of one range of the medium, each in its order, then what is carved from
  /// the range: it is one volume, or an APFS container, whose volumes share the space.
  private func push(
    _ volumes: ArraySlice<ImageVolume>, of image: any ImageReader, _ pool: HelperPool,
    to receiver: any ItemReceiver, noting space: inout MediumSpace
  ) {
    guard let first = volumes.first else { return }
    var found: VolumeSpace?
    for volume in volumes where !receiver.isCancelled {
      let one = push(volume, isAlone: volumes.count == 1, of: image, pool, to: receiver)
      if found == nil { found = one } else { found?.merge(one) }
    }
    let known = found ?? VolumeSpace()
    let whole = ByteRanges([first.volume.range], limit: image.size)
    let free = ByteRanges(known.free, limit: image.size)
    // Of what is not known anything may be unallocated that is in no file.
    var rest =
      known.isListed && known.isMapped
      ? free : whole.subtracting(ByteRanges(known.items, limit: image.size))
    if volumes.count == 1, known.carved.wasSearched { rest = rest.subtracting(free) }
    var carved = known.carved
    carved.add(
      carve(rest, carvedItems(first.volume, image, pool, receiver), except: known.deleted))
    space.add(first.volume, known, carved: carved)
  }

  /// Pushes the items of one volume and what is carved from it, in the order of the medium; answers what its bytes are.
  /// Free space that several volumes share is not looked into.
  private func push(
    _ volume: ImageVolume, isAlone: Bool, of image: any ImageReader, _ pool: HelperPool,
    to receiver: any ItemReceiver
  ) -> VolumeSpace {
    let walk = VolumeWalk(
      evidence: name, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, carving: carvedItems(volume.volume, image, pool, receiver),
      carvesFreeSpace: isAlone)
    for problem in (volume.problem.map { [$0] } ?? []) + volume.omissions {
      walk.report(problem, at: "/")
    }
    guard volume.problem == nil else { return VolumeSpace() }
    guard volume.hasFiles else {
      return VolumeSpace(free: [volume.volume.range], isListed: true, isMapped: true)
    }
    return walk.run()
  }

  private func verify(_ description: ImageDescription, _ receiver: any ItemReceiver)
    -> MediumVerification?
  {
    let verification = description.verify(isCancelled: { receiver.isCancelled })
    let place = Locator(evidence: name, path: "/")
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

  /// Who carves; nil if the user wants none of it.
  private func carvedItems(
    _ volume: Volume?, _ image: any ImageReader, _ pool: HelperPool, _ receiver: any ItemReceiver
  ) -> CarvedItems? {
    guard options.unallocated != .none else { return nil }
    return CarvedItems(
      evidence: name, volume: volume, image: image, pool: pool, filter: options.filter,
      receiver: receiver, wholeRunsToo: options.unallocated == .all)
  }

  private func carve(
    _ ranges: ByteRanges, _ items: CarvedItems?, except deleted: [UInt64: UInt64] = [:]
  ) -> MediumSpace.Carved {
    items?.carve(ranges, except: deleted) ?? MediumSpace.Carved(wasSearched: false)
  }

  /// Pushes the items of every volume, one volume after the other, then what belongs to none.
  public func push(to receiver: any ItemReceiver) {
    let place = Locator(evidence: name, path: "/")
    do throws(ImageError) {
      let isCancelled = { @Sendable in receiver.isCancelled }
      let description = try ImageDescription(name, options, isCancelled: isCancelled)
      if let problem = description.problem { receiver.report(problem, at: place) }
      guard let image = description.reader else { return }
      let pool = description.pool
      var space = MediumSpace(evidence: name, size: image.size)
      for volumes in description.volumes.groups where !receiver.isCancelled {
        push(volumes, of: image, pool, to: receiver, noting: &space)
      }
      let gaps = space.gaps
      space.addGaps(carve(gaps, carvedItems(nil, image, pool, receiver)))
      guard !receiver.isCancelled else { return }
      var account = space.account
      if options.verifies { account.verification = verify(description, receiver) }
      receiver.account(for: account) {
        let counts = image.chunks
        guard counts.decoded > 0 else { return nil }
        return MediumChunks(
          needed: counts.distinct, decoded: counts.decoded,
          decodedByHelpers: pool.chunksDecoded)
      }
    } catch {
      receiver.report(ItemProblem(error.reason, error.description), at: place)
    }
  }
}

extension [ImageVolume] {
  /// Those that share their space together, in order.
  fileprivate var groups: [ArraySlice<ImageVolume>] {
    indices.reduce(into: []) { groups, index in
      if index > 0, self[index].address.block != 0,
        self[index - 1].volume.range == self[index].volume.range
      {
        let last = groups.removeLast()
        groups.append(self[last.startIndex...index])
      } else {
        groups.append(self[index...index])
      }
    }
  }
}
