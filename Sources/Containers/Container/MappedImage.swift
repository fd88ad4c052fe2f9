package import Bytes

/// Content at a place of a medium, and the number of bytes for which it continues.
package struct Piece {
  package let content: Content
  package let length: UInt64

  package enum Content {
    /// Nothing was written.
    case zeros
    /// Bytes of a file, unchanged, from this offset.
    case file(ImageFile, at: UInt64)
    /// Bytes of a chunk that must be decoded, from this offset.
    case packed(any ChunkDecoder, chunk: UInt64, at: Int)
    /// Bytes of another medium: a backing file, a parent.
    case medium(any Medium, at: UInt64)
    /// Bytes that the image does not have.
    case missing(ImageError)
  }

  package init(_ content: Content, length: UInt64) {
    self.content = content
    self.length = length
  }

  /// Content of the medium below this one: zeros where there is none, or beyond its end.
  package init(below medium: (any Medium)?, at offset: UInt64, length: UInt64) {
    guard let medium, offset < medium.size else {
      self.init(.zeros, length: length)
      return
    }
    self.init(.medium(medium, at: offset), length: min(length, medium.size - offset))
  }
}

/// A container of compressed chunks.
package protocol ChunkDecoder: AnyObject, Sendable {
  /// Returns a decoded chunk, from the cache if possible.
  func chunk(_ index: UInt64) throws(ImageError) -> [UInt8]
}

/// A container whose tables locate every byte of the medium. A format only needs to implement
/// ``piece(at:)``.
package protocol MappedImage: Medium {
  /// Content at `offset`, which is inside the medium; at least one byte.
  func piece(at offset: UInt64) throws(ImageError) -> Piece
}

extension MappedImage {
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(ImageError) -> Int
  {
    guard offset < size else { return 0 }
    let count = Int(min(UInt64(buffer.count), size - offset))
    var filled = 0
    while filled < count {
      let piece = try self.piece(at: offset + UInt64(filled))
      let length = Int(min(piece.length, UInt64(count - filled)))
      // Guard against formats that return empty pieces, which would loop forever.
      guard length > 0 else { throw ImageError("the image's tables point nowhere") }
      try fill(
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + length)]), with: piece)
      filled += length
    }
    return filled
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer, with piece: Piece) throws(ImageError) {
    switch piece.content {
    case .zeros:
      target.initializeMemory(as: UInt8.self, repeating: 0)
    case .file(let file, let position):
      try file.read(into: target, at: position)
    case .packed(let decoder, let index, let inside):
      let bytes = try decoder.chunk(index)
      guard bytes.count - inside >= target.count else {
        throw ImageError("a compressed chunk of the image is shorter than its range")
      }
      bytes.withUnsafeBytes { chunk in
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: chunk[inside..<(inside + target.count)]))
      }
    case .medium(let medium, let position):
      guard try medium.read(into: target, at: position) == target.count else {
        throw ImageError("the image's parent is shorter than the image")
      }
    case .missing(let error): throw error
    }
  }

  package func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? {
    guard let piece = pieces(of: run, limit: 1)?.first, let descriptor = piece.descriptor else {
      return nil
    }
    return (descriptor, piece.offset)
  }

  package func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]? {
    guard run.upperBound <= size else { return nil }
    var pieces = [FilePiece]()
    var position = run.lowerBound
    while position < run.upperBound {
      guard let piece = try? self.piece(at: position) else { return nil }
      let length = min(piece.length, run.upperBound - position)
      guard length > 0, let parts = parts(of: piece, length, limit) else { return nil }
      for part in parts { pieces.append(joining: part) }
      guard pieces.count <= limit else { return nil }
      position += length
    }
    return pieces
  }

  private func parts(of piece: Piece, _ length: UInt64, _ limit: Int) -> [FilePiece]? {
    switch piece.content {
    case .zeros: return [FilePiece(descriptor: nil, offset: 0, length: length)]
    case .file(let file, let offset): return file.pieces(of: offset, length: length, limit: limit)
    case .packed, .missing: return nil
    case .medium(let medium, let offset):
      return medium.pieces(of: offset..<(offset + length), limit: limit)
    }
  }

  package func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    guard offset < size else { return 0 }
    let end = offset + min(size - offset, limit)
    var position = offset
    // Bound the walk through long tables that locate nothing.
    for _ in 0..<1024 where position < end {
      guard let piece = try? self.piece(at: position), piece.length > 0 else { break }
      let length = min(piece.length, end - position)
      switch piece.content {
      case .zeros: position += length
      case .medium(let medium, let place):
        let known = medium.zeros(from: place, limit: length)
        position += known
        if known < length { return position - offset }
      case .file, .packed, .missing: return position - offset
      }
    }
    return position - offset
  }
}

extension [FilePiece] {
  /// Appends a piece, merging it with its predecessor if it continues it.
  fileprivate mutating func append(joining piece: FilePiece) {
    guard let last, last.descriptor == piece.descriptor,
      piece.descriptor == nil || last.offset + last.length == piece.offset
    else {
      append(piece)
      return
    }
    self[count - 1] = FilePiece(
      descriptor: last.descriptor, offset: last.offset, length: last.length + piece.length)
  }
}
