import Testing
import Yara

@Suite struct MemoryBlockTests {
  private static let text = """
    rule words { strings: $a = "hello" condition: $a }
    rule sized { condition: filesize == 100 }
    rule unsized { condition: not defined filesize }
    rule reading { condition: uint8(0x1000) == 0x68 }
    """

  private func block(_ base: UInt64, _ text: String) -> MemoryBlock {
    MemoryBlock(base: base, bytes: Array(text.utf8))
  }

  private func scan(_ blocks: [MemoryBlock], fileSize: UInt64? = nil, with text: String = text)
    throws -> ScanResult
  {
    var scanner = try Scanner(rules(text))
    return try scanner.scan(blocks, fileSize: fileSize)
  }

  @Test func offsetsCountFromTheBase() throws {
    let result = try scan([block(0x1000, "hello"), block(0x5000_0000_0000, "  hello")])
    #expect(result.names == ["words", "unsized", "reading"])
    #expect(result.matches.first?.strings.map(\.offset) == [0x1000, 0x5000_0000_0002])
    #expect(
      result.matches.first?.strings.map(\.data) == [Array("hello".utf8), Array("hello".utf8)])
  }

  @Test func aStringDoesNotReachAcrossABorder() throws {
    #expect(try scan([block(0, "say hel"), block(7, "lo")]).names == ["unsized"])
    #expect(try scan([block(0, "say hello"), block(9, "")]).names == ["words", "unsized"])
  }

  @Test func theFileSizeIsWhatTheHostSays() throws {
    #expect(try scan([block(0, "x")], fileSize: 100).names == ["sized"])
    #expect(try scan([block(0, "x")], fileSize: 99).names == [])
    #expect(try scan([block(0, "x")]).names == ["unsized"])
  }

  @Test func noBlocksAreAnItemWithoutBytes() throws {
    let text = """
      rule always { condition: true }
      rule words { strings: $a = "hello" condition: $a }
      rule unsized { condition: not defined filesize }
      rule nothing { condition: filesize == 0 }
      rule unreadable { condition: not defined uint8(0) }
      """
    #expect(try scan([], with: text).names == ["always", "unsized", "unreadable"])
    #expect(try scan([], fileSize: 0, with: text).names == ["always", "nothing", "unreadable"])
  }

  /// math.c of 4.2.3 uses the first block without checking that it exists.
  @Test func modulesBearTheAbsenceOfBlocks() throws {
    let text = """
      import "math" import "hash" import "pe" import "elf" import "dotnet" import "macho"
      import "dex"
      rule a {
        condition:
          not defined math.entropy(0, 10) and not defined hash.md5(0, 3) and not defined pe.machine
          and not defined elf.type and not defined macho.magic
      }
      """
    #expect(try scan([], with: text).names == ["a"])
    #expect(try scan([], fileSize: 10, with: text).names == ["a"])
  }

  @Test func oneBlockIsLikeAFile() throws {
    let text = """
      import "pe" import "hash"
      rule a { strings: $a = "ab" fullword condition: #a == 2 and filesize == 8 }
      rule h { condition: hash.md5(0, filesize) == "047f0158916d57c3d2562ac13dac0d63" }
      """
    var scanner = try Scanner(rules(text))
    let asFile = try scanner.scan("ab xx ab")
    #expect(try scanner.scan([block(0, "ab xx ab")], fileSize: 8) == asFile)
    #expect(asFile.names == ["a", "h"])
  }

  @Test func aScannerTakesBlocksAndFilesInTurn() throws {
    var scanner = try Scanner(rules(Self.text))
    let file = try scanner.scan("hello")
    let blocks = try scanner.scan([block(0x1000, "hello")], fileSize: 100)
    #expect(blocks.names == ["words", "sized", "reading"])
    #expect(try scanner.scan("hello") == file)
    #expect(try scanner.scan([block(0x1000, "hello")], fileSize: 100) == blocks)
  }

  @Test func manyBlocksAreWalkedToTheEnd() throws {
    let blocks = (0..<1000).map { block(UInt64($0) << 16, $0 % 10 == 0 ? "hello" : "") }
    let places = try scan(blocks).matches.first?.strings.map(\.offset)
    #expect(places == (0..<100).map { UInt64($0 * 10) << 16 })
  }
}
