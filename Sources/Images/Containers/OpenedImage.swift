package import Bytes
import Evidence

/// A medium in a file, whatever container the file is.
struct OpenedMedium {
  let reader: any ImageReader
  /// The container in words, such as `QCOW2` or `VMDK (stream-optimised)`.
  let words: String

  /// Looks at an open file and opens what it is; a file that is no container is the medium itself.
  init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    let raw = RawFile(file)
    guard let kind = try ImageSignature.container(of: raw) else {
      reader = raw
      words = "raw"
      return
    }
    switch kind {
    case .qcow:
      let image = try QcowImage(file, &opening)
      (reader, words) = (image, image.words)
    case .vmdk:
      let image = try VmdkImage(file, &opening)
      (reader, words) = (image, image.words)
    case .vhd:
      let image = try VhdImage(file, &opening)
      (reader, words) = (image, image.words)
    case .vhdx:
      let image = try VhdxImage(file, &opening)
      (reader, words) = (image, image.words)
    case .vdi:
      let image = try VdiImage(file)
      (reader, words) = (image, image.words)
    case .parallels:
      let image = try ParallelsImage(file)
      (reader, words) = (image, image.words)
    case .udif:
      let image = try UdifImage(file)
      (reader, words) = (image, image.words)
    case .ewf:
      let image = try EwfImage(file, &opening)
      (reader, words) = (image, image.words)
    case .aff:
      let image = try AffImage(file)
      (reader, words) = (image, image.words)
    case .aff4:
      let image = try Aff4Image(file)
      (reader, words) = (image, image.words)
    case .ewf2, .logicalEWF, .sparseImage, .sparseBundle: throw ImageError(kind, file.path)
    }
  }
}

/// An image by its name: its medium, and every file that belongs to it.
package struct OpenedImage {
  package let reader: any ImageReader
  /// Its files in order: segments, extents, parents; the one that was named is the first.
  package let files: [RawPath]
  /// The container and what was recognised in it, such as `QCOW2, NTFS`.
  package let words: String

  /// Opens the image that `name` is or begins.
  package init(_ name: RawPath) throws(ImageError) {
    var opening = ImageOpening()
    try self.init(name, &opening)
  }

  private init(_ name: RawPath, _ opening: inout ImageOpening) throws(ImageError) {
    let segments = SplitSet.segments(startingWith: name)
    let container: String
    if segments.count > 1 {
      let image = try RawImage(segments)
      if let kind = try ImageSignature.container(of: image) {
        throw ImageError(
          "\(name.shown): a split \(kind.rawValue) image cannot be opened; join its files with cat",
          .unsupported)
      }
      reader = image
      files = segments
      container = "split raw"
    } else {
      let medium = try opening.medium(name)
      // A raw image or device is read without the detour by a container.
      reader = medium.reader is RawFile ? try RawImage([name]) : medium.reader
      files = opening.files
      container = medium.words
    }
    // What a guest writes to its disk is data: a container inside is not opened.
    let content = try ImageSignature.content(of: ReadableParts(reader))
    words = content.map { "\(container), \($0)" } ?? container
  }

  /// The files of the image that `name` is or begins, and which of them are parts of it alone, as far as
  /// they can be found.
  package static func files(of name: RawPath) -> (all: [RawPath], parts: [RawPath]) {
    let segments = SplitSet.segments(startingWith: name)
    guard segments.count == 1, ImageFile.isOrdinary(name) else { return (segments, segments) }
    var opening = ImageOpening()
    _ = try? opening.medium(name)
    return opening.files.isEmpty ? (segments, segments) : (opening.files, opening.parts)
  }
}

/// A file that is the medium, as it is: what a container stands on.
final class RawFile: MappedImage {
  private let file: ImageFile

  init(_ file: ImageFile) { self.file = file }

  var size: UInt64 { file.length }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    Piece(.file(file, at: offset), length: file.length - offset)
  }
}
