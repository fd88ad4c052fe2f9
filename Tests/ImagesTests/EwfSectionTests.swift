import Bytes
import TestSupport
import Testing

@testable import Containers

/// The chain of sections in an EWF segment, whole, cut off, and leading nowhere.
@Suite struct EwfSectionTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private let start: [UInt8] = [0x45, 0x56, 0x46, 9, 0x0D, 0x0A, 0xFF, 0, 1, 2, 0, 0, 0]

  private func descriptor(_ type: String, next: UInt64) -> [UInt8] {
    var bytes = [UInt8](zeros: 76)
    bytes.write(type, at: 0)
    bytes.write(little: next, at: 16)
    bytes.write(little: Adler32.of(bytes[..<72]), at: 72)
    return bytes
  }

  private func segment(_ bytes: [UInt8]) throws -> EwfSegment {
    try EwfSegment(try folder.imageFile(bytes))
  }

  @Test func sectionsFollowEachOther() throws {
    let content = [UInt8](repeating: 7, count: 10)
    let found = try segment(
      start + descriptor("header", next: 99) + content + descriptor("next", next: 99))
    #expect(found.number == 2 && found.isContinued && found.damage == nil)
    #expect(found.sections.map(\.type) == ["header", "next"])
    let section = found.sections[0]
    #expect(section.content == 89 && section.end == 99)
    #expect(try section.bytes(found.file, count: 10) == content)
    #expect(throws: ImageError.self) { try section.bytes(found.file, count: 11) }
  }

  @Test func aSegmentThatIsCutKeepsItsSections() throws {
    let found = try segment(start + descriptor("sectors", next: 1 << 40) + [1, 2, 3])
    #expect(found.sections.map(\.end) == [92] && !found.isContinued)
    #expect(found.damage?.reason == .truncated)
    // The next descriptor is not whole.
    let cut = try segment(start + descriptor("header", next: 89) + [UInt8](zeros: 75))
    #expect(cut.sections.map(\.type) == ["header"] && cut.damage?.reason == .truncated)
  }

  @Test func aChainNeverLeadsBack() throws {
    for next: UInt64 in [0, 13, 88] {
      #expect(throws: ImageError.self) { try segment(start + descriptor("header", next: next)) }
    }
    let found = try segment(
      start + descriptor("header", next: 89) + descriptor("table", next: 89) + [UInt8](zeros: 99))
    #expect(found.sections.count == 1 && found.damage != nil)
  }

  @Test func aWrongChecksumOrSignatureIsDamage() {
    var bytes = start + descriptor("done", next: 13)
    bytes[13 + 40] = 1
    #expect(throws: ImageError.self) { try segment(bytes) }
    bytes[0] = 0
    #expect(throws: ImageError.self) { try segment(bytes) }
    #expect(throws: ImageError.self) { try segment([]) }
  }
}
