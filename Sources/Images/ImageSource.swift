public import Bytes
public import Containers
public import Evidence
import Volumes

/// A disk image as evidence: the files of its file systems, including deleted ones and streams.
public struct ImageSource: ItemSource {
  /// Options for opening images.
  public struct Options: Hashable, Sendable {
    /// Program that parses file systems, with its arguments; this program itself by default.
    public var helper = ImageHelper.ownCommand
    /// Seconds without a sign of life after which a helper is ended, and its volume fails.
    public var timeout = 120
    /// Filter of the paths to scan, absolute in their volume.
    public var filter = PathFilter()

    /// Treatment of unallocated space, slack, and gaps between volumes.
    public var unallocated = Unallocated.carve

    /// Whether the whole medium is read for its digests, after its items.
    public var verifies = false

    /// Creates the defaults: the helper of this program, two minutes.
    public init() {}
  }

  /// Treatment of bytes of an image that belong to no file.
  public enum Unallocated: String, Hashable, Sendable, CaseIterable {
    /// Search every sector for executables, which become items.
    case carve
    /// Carves, and also makes each run an item.
    case all
    /// Ignore them.
    case none
  }

  private let name: RawPath
  private let options: Options
  /// The medium, if it is not in files.
  private let medium: (any Medium)?
  private var memory: (any MediumMemory)?

  /// Creates a source of the image `name`: a file, the first file of a split set, or a block
  /// device.
  public init(_ name: RawPath, options: Options = Options()) {
    self.name = name
    self.options = options
    medium = nil
  }

  /// Creates a source of a medium of the caller's own. `name` is the
  /// evidence in the locators of its items.
  public init(_ medium: any Medium, named name: RawPath, options: Options = Options()) {
    self.name = name
    self.options = options
    self.medium = medium
  }

  /// Returns the source with a memory of earlier scans of the image.
  public func remembering(_ memory: any MediumMemory) -> ImageSource {
    var source = self
    source.memory = memory
    return source
  }

  /// Whether a file is an image by its own bytes: a container's magic, a valid partition table or
  /// a superblock. Throws if it cannot be read.
  public static func recognises(_ file: RawPath) throws(ImageError) -> Bool {
    let image = try RawImage(SplitSet.segments(containing: file))
    // A later part of a set does not show the format of the set.
    if try ContainerFormats.name(of: image) != nil { return true }
    if try MediumContent.isImage(image) { return true }
    guard image.isOfSectors else { return false }
    if SplitSet.lacksFirst(file) { return true }
    guard try MediumContent.beginsBlank(image) else { return false }
    return MediumRemains.exist(on: image) || isCarved(image)
  }

  /// Whether carving finds anything at the front of a file.
  private static func isCarved(_ image: RawImage) -> Bool {
    let front = 0..<min(image.size, MediumRemains.front)
    return !Carver(image: image, isCancelled: { false }).carve([front]).files.isEmpty
  }

  /// Whether a folder is an image by its content: an Apple sparse bundle.
  public static func isBundle(_ folder: RawPath) -> Bool {
    (try? SparseBundle.problem(of: folder)) != nil
  }

  /// Files of the image in `file`, or of which `file` is the first, in order: segments, extents,
  /// parents. Missing files are not reported.
  public static func files(of file: RawPath) -> [RawPath] {
    OpenedImage.files(of: file).all
  }

  /// Files of ``files(of:)`` without a meaning of their own: segments and extents, but not
  /// parents, which contain earlier states of the disk.
  public static func parts(of file: RawPath) -> [RawPath] {
    OpenedImage.files(of: file).parts
  }

  /// The image, with the size of its medium.
  public var evidence: [EvidenceDescription] {
    let medium = medium ?? (try? OpenedImage(name))?.medium
    return [EvidenceDescription(name: name, kind: .image, size: medium?.size)]
  }

  /// Pushes the items of every volume, and unowned space, in the order of the medium.
  public func push(to receiver: any ItemReceiver) {
    do throws(ImageError) {
      let isCancelled = { @Sendable in receiver.isCancelled }
      let description =
        if let medium {
          ImageDescription(medium, options, isCancelled: isCancelled)
        } else {
          try ImageDescription(name, options, isCancelled: isCancelled)
        }
      if let problem = description.problem {
        receiver.report(problem, at: Locator(evidence: name, path: "/"))
      }
      for problem in description.omissions {
        receiver.report(problem, at: Locator(evidence: name, path: "/"))
      }
      receiver.describe(
        MediumDescription(
          evidence: name, container: description.container, size: description.size,
          digests: (description.reader?.acquisition.digests ?? []).map {
            .init(algorithm: $0.algorithm.rawValue, bytes: $0.bytes)
          },
          volumes: description.volumes.map(\.volume)))
      guard let image = description.reader else { return }
      let pool = description.pool
      let walk = MediumWalk(
        evidence: name, image: image, pool: pool, options: options, receiver: receiver,
        memory: memory)
      guard let account = walk.run(description.volumes) else { return }
      receiver.account(for: account) { [lost = walk.lost] account in
        let lost = min(lost.count, account.items)
        account.items -= lost
        account.unread += lost
        let counts = image.chunks
        guard counts.decoded > 0 else { return }
        account.chunks = MediumChunks(
          needed: counts.distinct, decoded: counts.decoded,
          decodedByHelpers: pool.chunksDecoded)
      }
    } catch {
      receiver.report(
        ItemProblem(error.reason, error.description), at: Locator(evidence: name, path: "/"))
    }
  }
}
