import Bytes
import TestSupport
import Testing

@testable import Containers

/// Media that tables put together from pieces: reads, places and known zeros.
@Suite struct MappedImageTests {
  /// An image of these pieces, each with its first byte of the medium.
  private final class Image: MappedImage {
    private let pieces: [(start: UInt64, piece: Piece)]
    let size: UInt64

    init(_ pieces: [Piece], size: UInt64? = nil) {
      var start: UInt64 = 0
      self.pieces = pieces.map { piece in
        defer { start += piece.length }
        return (start, piece)
      }
      self.size = size ?? start
    }

    func piece(at offset: UInt64) throws(ImageError) -> Piece {
      guard let (start, piece) = pieces.last(where: { $0.start <= offset }) else {
        throw ImageError("no piece")
      }
      let inside = offset - start
      let content: Piece.Content =
        switch piece.content {
        case .file(let file, let place): .file(file, at: place + inside)
        case .packed(let decoder, let chunk, let place):
          .packed(decoder, chunk: chunk, at: place + Int(inside))
        case .medium(let medium, let place): .medium(medium, at: place + inside)
        case .zeros, .missing: piece.content
        }
      return Piece(content, length: piece.length - min(inside, piece.length))
    }
  }

  /// Chunks of ten bytes, each of its number.
  private final class Decoder: ChunkDecoder {
    func chunk(_ index: UInt64) -> [UInt8] { [UInt8](repeating: UInt8(index), count: 10) }
  }

  private let folder: TemporaryDirectory
  private let file: ImageFile

  init() throws {
    folder = try TemporaryDirectory()
    file = try folder.imageFile((0..<100).map { UInt8($0) })
  }

  private func stored(_ place: UInt64, _ length: UInt64) -> Piece {
    Piece(.file(file, at: place), length: length)
  }

  private func zeros(_ length: UInt64) -> Piece { Piece(.zeros, length: length) }

  @Test func aReadPutsPiecesTogether() throws {
    let parent = MemoryMedium([UInt8](repeating: 0xEE, count: 50))
    let image = Image([
      stored(20, 3), zeros(2), Piece(.packed(Decoder(), chunk: 7, at: 4), length: 2),
      Piece(.medium(parent, at: 10), length: 3), stored(98, 2),
    ])
    let whole: [UInt8] = [20, 21, 22, 0, 0, 7, 7, 0xEE, 0xEE, 0xEE, 98, 99]
    #expect(try image.bytes(at: 0, count: 50) == whole)
    for start in 0..<12 {
      for end in start...12 {
        #expect(
          try image.bytes(at: UInt64(start), count: end - start) == Array(whole[start..<end]))
      }
    }
    #expect(try image.bytes(at: 12, count: 5).isEmpty && image.bytes(at: .max, count: 5).isEmpty)
  }

  @Test func aPieceThatDoesNotHoldItsBytesIsAnError() throws {
    let failures: [Piece] = [
      stored(98, 3), Piece(.packed(Decoder(), chunk: 1, at: 9), length: 2),
      Piece(.medium(MemoryMedium([1]), at: 0), length: 2),
      Piece(.missing(ImageError("lost")), length: 2),
    ]
    for (index, piece) in failures.enumerated() {
      let image = Image([zeros(1), piece])
      #expect(throws: ImageError.self, "\(index)") { try image.bytes(at: 0, count: 4) }
      #expect(try image.bytes(at: 0, count: 1) == [0], "what is before it is read")
    }
  }

  @Test func anEmptyPieceEndsTheReadWithAnError() {
    let image = Image([zeros(4)], size: 10)
    let error = #expect(throws: ImageError.self) { try image.bytes(at: 0, count: 10) }
    #expect(error?.description == "the image's tables point nowhere")
    #expect(image.zeros(from: 0) == 4 && image.pieces(of: 0..<10, limit: 8) == nil)
  }

  @Test func piecesOfFilesAreJoinedUpToALimit() throws {
    let image = Image([stored(10, 5), stored(15, 5), zeros(3), zeros(4), stored(0, 2)])
    let found = try #require(image.pieces(of: 2..<19, limit: 9))
    #expect(found.map(\.length) == [8, 7, 2] && found.map(\.offset) == [12, 0, 0])
    #expect(found.map { $0.descriptor == nil } == [false, true, false])
    #expect(image.pieces(of: 2..<19, limit: 2) == nil)
    #expect(image.pieces(of: 2..<20, limit: 9) == nil, "it ends behind the medium")
    #expect(image.place(of: 2..<9)?.offset == 12)
    #expect(image.place(of: 2..<11) == nil && image.place(of: 11..<12) == nil)
  }

  @Test func whatIsNotStoredUnchangedHasNoPlace() {
    let packed = Piece(.packed(Decoder(), chunk: 1, at: 0), length: 5)
    for piece in [packed, Piece(.missing(ImageError("lost")), length: 5), stored(97, 5)] {
      #expect(Image([stored(0, 5), piece]).pieces(of: 0..<10, limit: 9) == nil)
    }
    let parent = Image([stored(30, 5)])
    let child = Image([zeros(1), Piece(.medium(parent, at: 1), length: 4)])
    #expect(child.pieces(of: 0..<5, limit: 9)?.map(\.offset) == [0, 31])
  }

  @Test func zerosAreThoseThatAreKnown() {
    let image = Image([zeros(5), zeros(5), stored(0, 5), zeros(5)])
    #expect(image.zeros(from: 0) == 10 && image.zeros(from: 7) == 3 && image.zeros(from: 10) == 0)
    #expect(
      image.zeros(from: 15) == 5 && image.zeros(from: 20) == 0 && image.zeros(from: .max) == 0)
    #expect(image.zeros(from: 0, limit: 4) == 4)
    let child = Image([Piece(.medium(image, at: 3), length: 9), zeros(9)])
    #expect(child.zeros(from: 0) == 7, "the parent's")
    // The search through many pieces is bounded.
    #expect(Image((0..<5000).map { _ in zeros(1) }).zeros(from: 0) == 1024)
  }

  @Test func belowAMediumAreItsBytesThenZeros() throws {
    let parent = MemoryMedium([1, 2, 3])
    guard case .medium(_, let place) = Piece(below: parent, at: 1, length: 9).content else {
      Issue.record("it is another")
      return
    }
    #expect(place == 1 && Piece(below: parent, at: 1, length: 9).length == 2)
    for piece in [Piece(below: parent, at: 3, length: 9), Piece(below: nil, at: 0, length: 9)] {
      guard case .zeros = piece.content else {
        Issue.record("it is another")
        return
      }
      #expect(piece.length == 9)
    }
  }
}
