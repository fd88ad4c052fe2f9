import Evidence
import TestSupport
import Testing

@testable import Containers

/// Parts of a medium that lie behind the end of its files.
@Suite struct MissingPartsTests {
  /// An image whose pieces are told by a function.
  private final class Image: MappedImage {
    let size: UInt64
    private let tell: @Sendable (UInt64) -> Result<Piece, ImageError>

    init(_ size: UInt64, _ tell: @escaping @Sendable (UInt64) -> Result<Piece, ImageError>) {
      self.size = size
      self.tell = tell
    }

    func piece(at offset: UInt64) throws(ImageError) -> Piece { try tell(offset).get() }
  }

  private let folder: TemporaryDirectory
  private let file: ImageFile

  init() throws {
    folder = try TemporaryDirectory()
    file = try folder.imageFile([UInt8](zeros: 1000))
  }

  /// An image in one file, at the same offsets.
  private func flat(_ size: UInt64, from start: UInt64 = 0) -> Image {
    Image(size) { [file] offset in
      .success(Piece(.file(file, at: start + offset), length: size - offset))
    }
  }

  private func words(_ image: Image) -> String? { MissingParts.problem(of: image)?.message }

  @Test func whatTheFileHasIsNotMissing() {
    #expect(words(flat(1000)) == nil && words(flat(0)) == nil)
    #expect(words(flat(900, from: 100)) == nil)
    #expect(words(Image(5000) { .success(Piece(.zeros, length: 5000 - $0)) }) == nil)
  }

  @Test func theRestOfAPieceIsMissing() {
    #expect(
      words(flat(1500))?.hasPrefix("500 bytes of the medium, between byte 1000 and 1500,") == true)
    #expect(words(flat(10, from: 5000))?.hasPrefix("10 bytes") == true)
    #expect(words(flat(10, from: .max - 100))?.hasPrefix("10 bytes") == true)
    #expect(MissingParts.problem(of: flat(1500))?.reason == .truncated)
  }

  @Test func theRangeReachesFromTheFirstToTheLast() {
    let lost = ImageError("lost")
    let image = Image(300) { offset in
      switch offset {
      case ..<100: .success(Piece(.missing(lost), length: 100))
      case ..<200: .success(Piece(.zeros, length: 100))
      default: .success(Piece(.missing(lost), length: 50))
      }
    }
    #expect(
      words(image)?.hasPrefix("200 bytes of the medium, between byte 0 and 300,") == true)
  }

  @Test func aTableThatIsCutCountsAndADamagedOneDoesNot() {
    let step: UInt64 = 64 << 10
    let cut = Image(3 * step + 1) { offset in
      offset < step
        ? .success(Piece(.zeros, length: step)) : .failure(ImageError("cut", .truncated))
    }
    #expect(words(cut)?.hasPrefix("\(2 * step + 1) bytes") == true)
    let damaged = Image(3 * step) { _ in .failure(ImageError("damaged")) }
    #expect(words(damaged) == nil, "it is reported where it is read")
  }

  @Test func aParentAtTheSamePlaceIsExamined() {
    let parent = flat(1500)
    let child = Image(1500) { .success(Piece(.medium(parent, at: $0), length: 1500 - $0)) }
    #expect(words(child)?.hasPrefix("500 bytes") == true)
    let moved = Image(400) { .success(Piece(.medium(parent, at: 1100 + $0), length: 400 - $0)) }
    #expect(words(moved) == nil)
    let memory = Image(10) { .success(Piece(.medium(MemoryMedium([1]), at: $0), length: 10 - $0)) }
    #expect(words(memory) == nil)
  }

  @Test func anEmptyPieceEndsTheSearch() {
    #expect(words(Image(.max) { _ in .success(Piece(.zeros, length: 0)) }) == nil)
  }
}
