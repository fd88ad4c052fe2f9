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

  /// Pushes the items of every volume, and what belongs to none, in the order of the medium.
  public func push(to receiver: any ItemReceiver) {
    do throws(ImageError) {
      let isCancelled = { @Sendable in receiver.isCancelled }
      let description = try ImageDescription(name, options, isCancelled: isCancelled)
      if let problem = description.problem {
        receiver.report(problem, at: Locator(evidence: name, path: "/"))
      }
      guard let image = description.reader else { return }
      let pool = description.pool
      let walk = MediumWalk(
        evidence: name, image: image, pool: pool, options: options, receiver: receiver)
      guard let account = walk.run(description.volumes) else { return }
      receiver.account(for: account) {
        let counts = image.chunks
        guard counts.decoded > 0 else { return nil }
        return MediumChunks(
          needed: counts.distinct, decoded: counts.decoded,
          decodedByHelpers: pool.chunksDecoded)
      }
    } catch {
      receiver.report(
        ItemProblem(error.reason, error.description), at: Locator(evidence: name, path: "/"))
    }
  }
}
