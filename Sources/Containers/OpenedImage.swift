public import Bytes
public import Evidence

/// An image opened by name: its medium, and all files that belong to it.
public struct OpenedImage: Sendable {
  /// The imaged medium.
  public let medium: any Medium
  /// Files in order, the named one first: segments, extents, parents.
  public let files: [RawPath]
  /// Description of the container, such as `QCOW2` or `VMDK (stream-optimised)`.
  public let container: String

  /// Problems of the set of files: missing parts, a missing end.
  package let incompleteness: [ItemProblem]

  /// Parts of the image that are not read: missing parts, snapshots that are kept inside.
  public var omissions: [ItemProblem] {
    let missing = (medium as? any MappedImage).flatMap { MissingParts.problem(of: $0) }
    return medium.omissions + incompleteness + (missing.map { [$0] } ?? [])
  }

  /// Opens the image in `name`, or the image whose first file is `name`.
  public init(_ name: RawPath) throws(ImageError) {
    var opening = ImageOpening(ContainerFormats.all)
    try self.init(name, &opening)
  }

  private init(_ name: RawPath, _ opening: inout ImageOpening) throws(ImageError) {
    let segments = SplitSet.segments(containing: name)
    if segments.count > 1 {
      let image = try RawImage(segments)
      if let format = try ContainerFormats.format(of: image) {
        throw ImageError(
          "\(name.shown): split \(format.formatName) images are not supported; join its files with cat",
          .unsupported)
      }
      medium = image
      files = segments
      container = "split raw"
      incompleteness = SplitSet.missing(segments).map { [$0] } ?? []
    } else {
      let opened = try opening.medium(name)
      // Read a raw image or device directly, without the container layer.
      medium = opened.medium is RawFile ? try RawImage([name]) : opened.medium
      files = opening.files
      container = opened.words
      incompleteness =
        [
          SplitSet.beginning(of: name), SplitSet.missing([name]),
          medium is RawImage ? VhdFooter.missing(at: name) : nil,
        ].compactMap { $0 }
    }
  }

  /// Opens the image in the content of a file called `name` that is inside of other evidence, without the files that it
  /// may name.
  package init(alone content: any Medium, named name: RawPath) throws(ImageError) {
    let file = ImageFile(alone: content, named: name)
    var opening = ImageOpening(ContainerFormats.all, alone: file)
    let opened: OpenedMedium
    do throws(ImageError) { opened = try opening.medium(in: file) } catch {
      throw ImageError(ImageFile.withoutFolder(error.description), error.reason)
    }
    medium = opened.medium is RawFile ? content : AloneMedium(opened.medium)
    files = []
    container = opened.words
    let missing = (opened.medium as? any MappedImage).flatMap { MissingParts.problem(of: $0) }
    incompleteness = missing.map { [$0] } ?? []
  }

  /// Files of the image in `name`, or of which `name` is the first file; and those of them that
  /// belong only to it. Missing files are not reported.
  package static func files(of name: RawPath) -> (all: [RawPath], parts: [RawPath]) {
    let segments = SplitSet.segments(containing: name)
    guard segments.count == 1, ImageFile.isOrdinary(name) else { return (segments, segments) }
    var opening = ImageOpening(ContainerFormats.all)
    _ = try? opening.medium(name)
    return opening.files.isEmpty ? (segments, segments) : (opening.files, opening.parts)
  }
}
