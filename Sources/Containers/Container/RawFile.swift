import Bytes

/// A file that is the medium itself: the lowest layer of a container.
final class RawFile: MappedImage {
  private let file: ImageFile

  init(_ file: ImageFile) { self.file = file }

  var size: UInt64 { file.length }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    Piece(.file(file, at: offset), length: file.length - offset)
  }
}
