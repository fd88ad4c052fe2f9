public import Bytes
public import Containers
public import Evidence
public import Volumes

/// Contents of an image, before any of its files is read.
public struct ImageDescription: Sendable {
  /// Files of the image, in order.
  public let files: [RawPath]
  /// Container and recognised content, such as `raw, GPT` or `QCOW2, NTFS`.
  public let container: String
  /// Size of the medium in bytes.
  public let size: UInt64
  /// Volumes; empty if the image could not be opened.
  public let volumes: [ImageVolume]
  /// Reason why it cannot be opened; nil if it can.
  public let problem: ItemProblem?
  /// Parts of the image that are not read.
  public let omissions: [ItemProblem]
  /// Opened medium; nil if it cannot be opened.
  let reader: (any Medium)?
  /// Helpers that describe it.
  let pool: HelperPool

  /// Opens the image in `name`, or the image whose first file is `name`. Throws if one of its
  /// files cannot be read.
  public init(_ name: RawPath, options: ImageSource.Options = .init()) throws(ImageError) {
    try self.init(name, options, isCancelled: { false })
  }

  init(
    _ name: RawPath, _ options: ImageSource.Options, isCancelled: @escaping @Sendable () -> Bool
  ) throws(ImageError) {
    if let bundle = try SparseBundle.problem(of: name) {
      (files, container, size, volumes, reader) = ([name], SparseBundle.formatName, 0, [], nil)
      problem = bundle
      omissions = []
      pool = HelperPool(.files(files), options, isCancelled: isCancelled)
      return
    }
    let image: OpenedImage
    do throws(ImageError) {
      image = try OpenedImage(name)
      container = try image.words
    } catch {
      // A container that is damaged, incomplete, or unsupported.
      let file = try RawImage(SplitSet.segments(containing: name))
      guard let format = try ContainerFormats.name(of: file) else { throw error }
      files = OpenedImage.files(of: name).all
      container = format
      size = file.size
      volumes = []
      problem = ItemProblem(error.reason, error.description)
      omissions = []
      reader = nil
      pool = HelperPool(.files(files), options, isCancelled: isCancelled)
      return
    }
    reader = image.medium
    omissions = image.omissions + PartitionTableEnd.problems(image.medium)
    files = image.files
    size = image.medium.size
    pool = HelperPool(.files(files), options, isCancelled: isCancelled)
    (volumes, problem) = Self.volumes(of: image.medium, pool)
  }

  /// Describes a medium of the caller's own, such as a disk that is read over a network. Helpers
  /// ask this process for its bytes.
  public init(_ medium: any Medium, options: ImageSource.Options = .init()) {
    self.init(medium, options, isCancelled: { false })
  }

  init(
    _ medium: any Medium, _ options: ImageSource.Options,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    files = []
    // Unreadable bytes are reported when they are needed.
    let content = try? MediumContent.name(of: ReadableParts(medium))
    container = content.map { "medium, \($0)" } ?? "medium"
    size = medium.size
    reader = medium
    omissions = medium.omissions + PartitionTableEnd.problems(medium)
    pool = HelperPool(.medium(medium), options, isCancelled: isCancelled)
    (volumes, problem) = Self.volumes(of: medium, pool)
  }

  /// Volumes of a medium, or why they cannot be listed.
  private static func volumes(of medium: any Medium, _ pool: HelperPool) -> (
    [ImageVolume], ItemProblem?
  ) {
    do throws(VolumeFailure) {
      let opener = HelperVolumeOpener(pool: pool)
      return (try VolumeProbe(medium: medium, opener: opener).volumes(), nil)
    } catch {
      let message = "the partition table cannot be read: \(error)"
      return ([], ItemProblem(error.problem.reason, message))
    }
  }
}

extension ImageDescription {
  /// Reads the whole medium and compares its digests with those stored in the image; nil if the
  /// image cannot be opened, or reading was cancelled.
  public func verify(isCancelled: @escaping @Sendable () -> Bool = { false }) -> MediumVerification?
  {
    reader.flatMap { MediumReading($0, isCancelled: isCancelled).finish() }
  }
}

extension OpenedImage {
  /// Container and recognised content, such as `QCOW2, NTFS`.
  package var words: String {
    get throws(ImageError) {
      // A container inside is not opened: a guest may write anything to its disk.
      let content = try MediumContent.name(of: ReadableParts(medium))
      return content.map { "\(container), \($0)" } ?? container
    }
  }
}
