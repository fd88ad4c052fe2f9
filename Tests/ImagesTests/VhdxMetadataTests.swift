import TestSupport
import Testing

@testable import Containers

/// Metadata of a VHDX (MS-VHDX 2.6): required items, their limits, and the parent locator.
@Suite struct VhdxMetadataTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let items: [(identifier: String, length: UInt32)] = [
    ("CAA16737-FA36-4D43-B3B6-33F0AA44E76B", 8), ("2FA54224-CD1B-4876-B211-5DBED83BF4B8", 8),
    ("8141BF1D-A96F-4709-BA47-F233A8FAAB5F", 4), ("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C", 200),
  ]

  /// A region at byte 0: block size and flags at 64 KiB, then size, sector size and parent.
  private func region(
    block: UInt32 = 32 << 20, flags: UInt32 = 0, size: UInt64 = 1 << 30, sector: UInt32 = 512,
    parent: [UInt8] = [], _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> VhdxMetadata {
    var bytes = [UInt8](zeros: 128 << 10)
    bytes.write("metadata", at: 0)
    bytes.write(little: UInt16(Self.items.count), at: 10)
    let start = 64 << 10
    for (index, item) in Self.items.enumerated() {
      bytes.write(try #require(VhdxIdentifier(item.identifier)).bytes, at: 32 + 32 * index)
      bytes.write(little: UInt32(start + 1024 * index), at: 48 + 32 * index)
      bytes.write(little: item.length, at: 52 + 32 * index)
    }
    bytes.write(little: block, at: start)
    bytes.write(little: flags, at: start + 4)
    bytes.write(little: size, at: start + 1024)
    bytes.write(little: sector, at: start + 2048)
    bytes.write(parent, at: start + 3072)
    change(&bytes)
    let file = try folder.imageFile(bytes)
    return try VhdxMetadata(file, at: (0, 128 << 10))
  }

  @Test func itemsAreFoundByTheirIdentifiers() throws {
    let found = try region(flags: 1, sector: 4096)
    #expect(found.blockSize == 32 << 20 && found.size == 1 << 30 && found.sectorSize == 4096)
    #expect(found.isFixed && found.parent == nil)
  }

  @Test func impossibleGeometryIsDamage() {
    for block: UInt32 in [0, 1 << 19, 3 << 20, 512 << 20, .max] {
      #expect(throws: ImageError.self) { try region(block: block) }
    }
    #expect(throws: ImageError.self) { try region(size: .max) }
    #expect(throws: ImageError.self) { try region(size: 64 << 40 + 1) }
    #expect(throws: ImageError.self) { try region(sector: 1024) }
  }

  @Test func itemsOutsideTheRegionAreMissing() {
    for (place, value): (Int, UInt32) in [(48, .max), (52, 7), (52, .max), (48, 128 << 10)] {
      #expect(throws: ImageError.self) { try region { $0.write(little: value, at: place) } }
    }
    #expect(throws: ImageError.self) { try region { $0[0] = 0 } }
    #expect(throws: ImageError.self) { try region { $0.write(little: UInt16(0), at: 10) } }
  }

  /// A parent locator of texts: its keys and values follow the entries.
  private func locator(_ values: [(String, String)], count: UInt16? = nil) -> [UInt8] {
    var head = [UInt8](zeros: 20)
    head.write(little: count ?? UInt16(values.count), at: 18)
    var texts = [UInt8]()
    for (key, value) in values {
      let place = UInt32(20 + 12 * values.count + texts.count)
      let (key, value) = ([UInt8](utf16: key), [UInt8](utf16: value))
      head += [UInt8](little: place) + [UInt8](little: place + UInt32(key.count))
      head += [UInt8](little: UInt16(key.count)) + [UInt8](little: UInt16(value.count))
      texts += key + value
    }
    return head + texts
  }

  @Test func theParentHasLinkagesAndNames() throws {
    let linkage = "{00112233-4455-6677-8899-AABBCCDDEEFF}"
    let values = [("relative_path", "p.vhdx"), ("parent_linkage", linkage)]
    let parent = try #require(try region(flags: 2, parent: locator(values)).parent)
    #expect(parent.linkages == [VhdxIdentifier(linkage)])
    #expect(parent.names == [Array("p.vhdx".utf8)])
  }

  @Test func aLocatorThatNamesNothingIsDamage() {
    #expect(throws: ImageError.self) { try region(flags: 2, parent: locator([])) }
    #expect(throws: ImageError.self) {
      try region(flags: 2, parent: locator([("relative_path", "p.vhdx")]))
    }
    // More entries than the item holds, and texts outside of it.
    let wild = [UInt8](zeros: 18) + [0xFF, 0xFF] + [UInt8](repeating: 0xFF, count: 180)
    #expect(throws: ImageError.self) { try region(flags: 2, parent: wild) }
  }
}
