import Bytes
import Evidence
import Testing

@testable import Containers
@testable import Images

/// The content of an item as a medium.
@Suite struct ContentMediumTests {
  private final class Content: OpenContent {
    var bytes: [UInt8]
    var size: UInt64
    var stored: [FilePiece] = []
    var damagedReads = 0
    var damage: ItemProblem?
    /// Offset from which zeros replace bytes.
    var badFrom = UInt64.max

    init(_ bytes: [UInt8], size: UInt64? = nil) {
      self.bytes = bytes
      self.size = size ?? UInt64(bytes.count)
    }

    var facts: ContentFacts { ContentFacts(size: size) }
    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { stored.isEmpty ? .elsewhere : .files(stored) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
      let rest = bytes.dropFirst(Int(offset)).prefix(buffer.count)
      buffer.copyBytes(from: rest)
      if offset + UInt64(rest.count) > badFrom {
        damagedReads += 1
        damage = ItemProblem(.truncated, "lost")
      }
      return rest.count
    }
  }

  @Test func itHasTheBytesOfTheContent() throws {
    let medium = ContentMedium(Content(Array(0..<200)))
    #expect(medium.size == 200)
    #expect(try medium.bytes(at: 190, count: 20) == Array(190..<200))
    #expect(try medium.bytes(at: 200, count: 20) == [])
    #expect(medium.pieces(of: 0..<10, limit: 8) == nil)
  }

  @Test func zerosInPlaceOfBytesAreErrors() throws {
    let content = Content(Array(0..<200))
    content.badFrom = 100
    let medium = ContentMedium(content)
    #expect(try medium.bytes(at: 0, count: 100).count == 100)
    for _ in 0..<2 {
      let error = #expect(throws: ImageError.self) { try medium.bytes(at: 50, count: 100) }
      #expect(error?.reason == .truncated)
    }
    #expect(try medium.bytes(at: 0, count: 100).count == 100)
  }

  @Test func aContentThatEndsEarlyIsTruncated() throws {
    let medium = ContentMedium(Content(Array(0..<100), size: 1000))
    #expect(try medium.bytes(at: 0, count: 100).count == 100)
    let error = #expect(throws: ImageError.self) { try medium.bytes(at: 50, count: 100) }
    #expect(error?.reason == .truncated)
  }

  @Test func piecesOfFilesAreThoseOfTheContent() {
    let content = Content([], size: 1000)
    content.stored = [
      FilePiece(descriptor: 3, offset: 5000, length: 100),
      FilePiece(descriptor: nil, offset: 0, length: 300),
      FilePiece(descriptor: 4, offset: 70, length: 600),
    ]
    let medium = ContentMedium(content)
    #expect(
      medium.pieces(of: 50..<450, limit: 3) == [
        FilePiece(descriptor: 3, offset: 5050, length: 50),
        FilePiece(descriptor: nil, offset: 0, length: 300),
        FilePiece(descriptor: 4, offset: 70, length: 50),
      ])
    #expect(medium.pieces(of: 50..<450, limit: 2) == nil)
    #expect(medium.pieces(of: 999..<1000, limit: 1)?.first?.offset == 669)
    #expect(medium.pieces(of: 999..<1001, limit: 1) == nil)
    #expect(medium.place(of: 100..<200) == nil)
    #expect(medium.place(of: 400..<500)?.descriptor == 4)
    // Pieces that are not all of the content locate nothing.
    content.stored.removeLast()
    #expect(ContentMedium(content).pieces(of: 0..<10, limit: 8) == nil)
  }

  /// Nothing that a file in evidence names can be a file of this machine.
  @Test func anImageThatIsAloneOpensNoOtherFile() throws {
    let file = ImageFile(alone: ContentMedium(Content([1, 2, 3])), named: "vm.vmdk")
    #expect(ImageFile.isAlone(file.path) && !ImageFile.isAlone("/vm.vmdk"))
    #expect(try file.bytes(at: 1, count: 2) == [2, 3])
    #expect(throws: ImageError.self) { try file.bytes(at: 1, count: 3) }
    for name in ["passwd", "/etc/passwd", "../../../../etc/passwd", "a/b"] as [RawPath] {
      let error = #expect(throws: ImageError.self) {
        try NamedFile.find(name.bytes, namedBy: file.path, role: "its parent")
      }
      #expect(error?.reason == .unsupported)
      #expect(!NamedFile.exists(file.path.parent.appending(name)))
    }
    #expect(EwfNames.existing(2, startingWith: "\0/a.E01").map { NamedFile.exists($0) } == false)
    let error = #expect(throws: ImageError.self) {
      try OpenedImage(
        alone: ContentMedium(
          Content(Array("# Disk DescriptorFile\nRW 9 FLAT \"x.vmdk\" 0\n".utf8))),
        named: "vm.vmdk")
    }
    #expect(error?.reason == .unsupported)
    #expect(error?.description.hasPrefix("vm.vmdk: it needs its extent x.vmdk") == true)
  }
}
