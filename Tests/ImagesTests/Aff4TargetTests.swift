import TestSupport
import Testing

@testable import Containers

/// Targets of a map: streams, and symbols that are only names (AFF4 Standard v1.0).
@Suite struct Aff4TargetTests {
  private let folder: TemporaryDirectory
  private let volume: Aff4Volume

  init() throws {
    folder = try TemporaryDirectory()
    let text = """
      @prefix aff4: <http://aff4.org/Schema#> .
      <s> a aff4:ImageStream ; aff4:size 10 ; aff4:chunkSize 10 ; aff4:chunksInSegment 1 .
      <e> a aff4:EncryptedStream . <m> a aff4:Map .
      <o> a aff4:ImageStream ; aff4:size 10 ; aff4:stored <aff4://two> .
      """
    volume = try Aff4Volume(
      try folder.imageFile(
        storedZip([
          ("information.turtle", Array(text.utf8)),
          ("container.description", Array("aff4://one".utf8)),
          ("s/00000000", Array(1...10)), ("s/00000000.index", [UInt8](zeros: 8) + [10, 0, 0, 0]),
        ])))
  }

  private func target(_ name: String) throws -> Aff4Target {
    try Aff4Target(name, volume, number: 0)
  }

  private func piece(_ name: String, at offset: UInt64 = 0, length: UInt64 = 5) throws -> Piece {
    try target(name).piece(at: offset, length: length, of: "/image")
  }

  private static let base = "http://aff4.org/Schema#"

  @Test(
    arguments: [
      ("Zero", 0), ("FFDevice", 0xFF), ("SymbolicStream00", 0), ("SymbolicStream61", 0x61),
      ("SymbolicStreamFF", 0xFF),
    ] as [(String, UInt8)])
  func symbolsAreOneRepeatedByte(_ name: String, _ byte: UInt8) throws {
    let piece = try piece(Self.base + name, at: .max, length: 1 << 40)
    switch piece.content {
    case .zeros: #expect(byte == 0 && piece.length == 1 << 40)
    case .packed(let decoder, let chunk, let inside):
      #expect(byte != 0 && inside == 0 && piece.length == 32_768)
      #expect(try decoder.chunk(chunk) == [UInt8](repeating: byte, count: 32_768))
    default: Issue.record("it is another")
    }
    #expect(try target(Self.base + name).kind == .known)
  }

  @Test(arguments: ["SymbolicStream", "SymbolicStreamXY", "SymbolicStream100", "SymbolicStream-1"])
  func otherSymbolsAreDamage(_ name: String) {
    #expect(throws: ImageError.self) { try target(Self.base + name) }
  }

  @Test func whatWasNotAcquiredIsAnError() throws {
    #expect(try target(Self.base + "UnknownData").kind == .unknown)
    #expect(try target(Self.base + "UnreadableData").kind == .unreadable)
    for name in ["UnknownData", "UnreadableData"] {
      let error = #expect(throws: ImageError.self) { try piece(Self.base + name) }
      #expect(error?.description.contains("aff4:" + name) == true)
    }
  }

  @Test func aStreamEndsWithItsSize() throws {
    guard case .file = try piece("s", at: 9, length: 100).content else {
      Issue.record("it is another")
      return
    }
    #expect(try piece("s", at: 9, length: 100).length == 1)
    #expect(try piece("s", at: 2, length: 3).length == 3)
    for offset in [10, UInt64.max] {
      #expect(throws: ImageError.self) { try piece("s", at: offset) }
    }
  }

  @Test func otherSubjectsAreNoTargets() {
    let encrypted = #expect(throws: ImageError.self) { try target("e") }
    #expect(encrypted?.reason == .encrypted)
    for name in ["m", "o", "nothing", "", Self.base] {
      let error = #expect(throws: ImageError.self) { try target(name) }
      #expect(error?.reason == .unsupported, "\(name)")
    }
  }
}
