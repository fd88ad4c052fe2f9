import TestSupport
import Testing

@testable import Identity

/// The tree of resources of a PE: types, names, languages; trees without end are bounded.
@Suite struct ResourceDirectoryTests {
  /// Start of the resources in a file of `program`.
  private static let base = 784

  private func program(size: Int = 4096, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = PortableExecutableTests.program {
      // The second section holds the rest of the file.
      $0.write(little: UInt32(size - 768), at: 88 + 96 + 128 + 40 + 16)
      $0.write(little: UInt32(size - 784), at: 88 + 96 + 20)
    }
    bytes += [UInt8](zeros: size - bytes.count)
    change(&bytes)
    return bytes
  }

  /// A directory with numbered entries, at an offset from the base.
  private func directory(_ entries: [(UInt32, UInt32)], at offset: Int, in bytes: inout [UInt8]) {
    bytes.write(little: UInt16(entries.count), at: Self.base + offset + 14)
    for (index, entry) in entries.enumerated() {
      bytes.write(little: entry.0, at: Self.base + offset + 16 + 8 * index)
      bytes.write(little: entry.1, at: Self.base + offset + 20 + 8 * index)
    }
  }

  private func resources(_ bytes: [UInt8], type: Int? = nil) -> [ResourceDirectory.Resource] {
    ResourceDirectory(bytes.span.bytes, type: type).resources
  }

  private let below: UInt32 = 0x8000_0000

  /// Resources of two types: of type 10 with the name 1, of a named type with the name 7.
  private func tree(size: UInt32 = 5) -> [UInt8] {
    program { bytes in
      directory([(10, below | 0x40), (below | 0x200, below | 0x80)], at: 0, in: &bytes)
      directory([(1, below | 0xC0)], at: 0x40, in: &bytes)
      directory([(7, below | 0xC0)], at: 0x80, in: &bytes)
      directory([(1033, 0x100)], at: 0xC0, in: &bytes)
      bytes.write(little: UInt32(0x2100), at: Self.base + 0x100)
      bytes.write(little: size, at: Self.base + 0x104)
      bytes.write(little: UInt16(3), at: Self.base + 0x200)
      bytes.write([UInt8](utf16: "BIN"), at: Self.base + 0x202)
    }
  }

  @Test func resourcesHaveTypesAndNames() {
    let found = resources(tree())
    #expect(found.map(\.type) == ["RCDATA", "BIN"] && found.map(\.name) == ["1", "7"])
    #expect(found.map(\.range) == [1024..<1029, 1024..<1029])
    #expect(resources(tree(), type: 10).count == 1)
    #expect(resources(tree(), type: 16).isEmpty)
  }

  @Test func contentEndsWithTheFile() {
    let found = resources(tree(size: .max))
    #expect(found.first?.range == 1024..<4096)
  }

  @Test func directoriesOutsideTheFileAreEmpty() {
    let bytes = program { directory([(10, .max), (11, 0), (12, below | 0xFF00)], at: 0, in: &$0) }
    #expect(resources(bytes).isEmpty)
    #expect(resources([UInt8]()).isEmpty)
  }

  /// Every entry leads to the directory that holds it; the third level holds places without content.
  @Test func treesWithoutEndAreBounded() {
    let count = 1024
    let bytes = program(size: 32 << 10) { bytes in
      let entries = (0..<count).map { (UInt32($0), below) }
      directory(entries, at: 0, in: &bytes)
    }
    #expect(resources(bytes).isEmpty)
    let leaves = program(size: 64 << 10) { bytes in
      directory((0..<count).map { (UInt32($0), below | 0x4000) }, at: 0, in: &bytes)
      directory((0..<count).map { (UInt32($0), below | 0x8000) }, at: 0x4000, in: &bytes)
      directory((0..<count).map { (UInt32($0), 0) }, at: 0x8000, in: &bytes)
    }
    #expect(resources(leaves).isEmpty)
  }
}
