public import Bytes
public import Evidence

/// What an image holds, before any file of it is read.
public struct ImageDescription: Sendable {
  /// The files of the image, in order.
  public let files: [RawPath]
  /// What it is in, and what was recognised in it, such as `raw, GPT` or `QCOW2, NTFS`.
  public let container: String
  /// The size of the medium in bytes.
  public let size: UInt64
  /// Its volumes; empty if it could not be opened.
  public let volumes: [ImageVolume]
  /// Why it cannot be opened; nil if it can.
  public let problem: ItemProblem?
  /// The medium, open; nil if it cannot be opened.
  let reader: (any ImageReader)?
  /// The helpers that describe it.
  let pool: HelperPool

  /// Opens the image that `name` is or begins. Throws when a file of it cannot be read.
  public init(_ name: RawPath, options: ImageSource.Options = .init()) throws(ImageError) {
    try self.init(name, options, isCancelled: { false })
  }

  init(
    _ name: RawPath, _ options: ImageSource.Options, isCancelled: @escaping @Sendable () -> Bool
  ) throws(ImageError) {
    if let kind = try SparseBundle.kind(of: name) {
      let error = ImageError(kind, name)
      (files, container, size, volumes, reader) = ([name], kind.rawValue, 0, [], nil)
      problem = ItemProblem(error.reason, error.description)
      pool = HelperPool(files, options, isCancelled: isCancelled)
      return
    }
    let image: OpenedImage
    do throws(ImageError) { image = try OpenedImage(name) } catch {
      // A container that is damaged, incomplete, or of a kind that cannot be read.
      let file = try RawImage(SplitSet.segments(startingWith: name))
      guard let kind = try ImageSignature.container(of: file) else { throw error }
      files = OpenedImage.files(of: name).all
      container = kind.rawValue
      size = file.size
      volumes = []
      problem = ItemProblem(error.reason, error.description)
      reader = nil
      pool = HelperPool(files, options, isCancelled: isCancelled)
      return
    }
    reader = image.reader
    files = image.files
    container = image.words
    size = image.reader.size
    pool = HelperPool(files, options, isCancelled: isCancelled)
    do throws(HelperProcess.Failure) {
      volumes = try VolumeProbe(medium: image.reader, pool: pool).volumes()
      problem = nil
    } catch {
      volumes = []
      problem = ItemProblem(
        ItemProblem(error).reason, "the partition table cannot be read: \(error)")
    }
  }
}

/// A volume of an image, as its partition table and its file system describe it.
public struct ImageVolume: Hashable, Sendable {
  /// Where it is; the type is its file system's name, what it was recognised for, or the partition's type.
  public let volume: Volume
  /// What the partition table calls it; empty without a partition table.
  public let label: String
  /// Why no file system can be read in it; nil if one can, or if it has none and needs none (swap).
  public let problem: ItemProblem?
  /// What of it cannot be read although its file system can: older versions of its files, or the larger
  /// volume that it is the front of.
  public let omissions: [ItemProblem]
  /// Whether it has files at all.
  public let hasFiles: Bool
  /// Where a helper finds its file system.
  let address: VolumeAddress
  /// Where its bytes lie on the medium, those that it shares with others included.
  let runs: [Range<UInt64>]
}

extension ImageDescription {
  /// Reads the whole medium and compares its digests with those that the image keeps; nil if the image cannot
  /// be opened, or the reading was cancelled.
  public func verify(isCancelled: @escaping @Sendable () -> Bool = { false }) -> MediumVerification?
  {
    reader.flatMap { MediumReading($0, isCancelled: isCancelled).finish() }
  }
}
