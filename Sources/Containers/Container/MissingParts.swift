import Evidence

/// Parts of a medium that its tables locate behind the end of the image's files: those were cut off.
enum MissingParts {
  /// Limit of the pieces that are checked. A missing part behind them is reported when it is read.
  private static let maximumPieces = 1 << 22
  /// Number of bytes that are taken for missing where a table itself is missing.
  private static let step: UInt64 = 64 << 10

  /// The problem of an image of which parts are missing; nil if none is.
  static func problem(of image: any MappedImage) -> ItemProblem? {
    var found = Found()
    add(0..<image.size, of: image, to: &found)
    guard let range = found.range else { return nil }
    return ItemProblem(
      .truncated,
      "\(found.count) bytes of the medium, between byte \(range.lowerBound) and \(range.upperBound), are missing: the"
        + " file is truncated")
  }

  private struct Found {
    var count: UInt64 = 0
    /// Range from the first missing byte to the last.
    var range: Range<UInt64>?
    var piecesLeft = maximumPieces

    mutating func add(_ missing: Range<UInt64>) {
      count += UInt64(missing.count)
      range = (range?.lowerBound ?? missing.lowerBound)..<missing.upperBound
    }
  }

  private static func add(_ range: Range<UInt64>, of image: any MappedImage, to found: inout Found)
  {
    var position = range.lowerBound
    while position < range.upperBound, found.piecesLeft > 0 {
      found.piecesLeft -= 1
      let rest = range.upperBound - position
      let piece: Piece
      do throws(ImageError) { piece = try image.piece(at: position) } catch {
        let length = min(step - position % step, rest)
        if error.reason == .truncated { found.add(position..<(position + length)) }
        position += length
        continue
      }
      guard piece.length > 0 else { return }
      let length = min(piece.length, rest)
      switch piece.content {
      case .zeros, .packed: break
      case .medium(let parent, let offset):
        // A parent has its bytes at the same place.
        if let parent = parent as? any MappedImage, offset == position {
          add(position..<(position + length), of: parent, to: &found)
        }
      case .missing: found.add(position..<(position + length))
      case .file(let file, let offset):
        let there = file.length - min(offset, file.length)
        if there < length { found.add((position + there)..<(position + length)) }
      }
      position += length
    }
  }
}
