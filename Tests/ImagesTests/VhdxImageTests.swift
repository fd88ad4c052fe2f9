import Bytes
import Containers
import Foundation
import TestSupport
import Testing

/// A VHDX that no tool here makes, built from its specification.
@Suite struct VhdxImageTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { little($0) } }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~value
  }

  private func identifier(_ text: String) -> [UInt8] {
    let digits = Array(text.filter { $0 != "-" })
    let bytes = stride(from: 0, to: 32, by: 2).map {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)!
    }
    return [3, 2, 1, 0, 5, 4, 7, 6].map { bytes[$0] } + bytes[8...]
  }

  private func sealed(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
    var bytes = bytes + [UInt8](repeating: 0, count: length - bytes.count)
    let sum = checksum(bytes)
    bytes.replaceSubrange(4..<8, with: little(sum))
    return bytes
  }

  /// A child of 4 MiB in blocks of 1 MiB: the first block is the parent's, the second its own,
  /// the third zeros; in the last one, sectors 3 to 9 and 100 are its own.
  private func vhdxChild(of parent: String, linkage: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 7 << 20)
    func put(_ content: [UInt8], at place: Int) {
      bytes.replaceSubrange(place..<place + content.count, with: content)
    }
    put(Array("vhdxfile".utf8), at: 0)
    var header = Array("head".utf8) + [0, 0, 0, 0] + little(UInt64(1))
    header += [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 2, count: 16)
    header += [UInt8](repeating: 0, count: 16) + little(UInt16(0)) + little(UInt16(1))
    header += little(UInt32(0)) + little(UInt64(0))
    put(sealed(header, 4096), at: 64 << 10)
    var regions = Array("regi".utf8) + [0, 0, 0, 0] + little(UInt32(2)) + little(UInt32(0))
    regions += identifier("2DC27766-F623-4200-9D64-115E9BFD4A08")
    regions += little(UInt64(2 << 20)) + little(UInt32(1 << 20)) + little(UInt32(1))
    regions += identifier("8B7CA206-4790-4B9A-B8FE-575F050F886E")
    regions += little(UInt64(1 << 20)) + little(UInt32(1 << 20)) + little(UInt32(1))
    put(sealed(regions, 64 << 10), at: 192 << 10)
    let values = [("parent_linkage", linkage), ("relative_path", ".\\" + parent)]
    var locator = [UInt8](repeating: 9, count: 16) + little(UInt16(0)) + little(UInt16(2))
    var texts = [UInt8]()
    for (key, value) in values {
      let place = UInt32(20 + 24 + texts.count)
      locator += little(place) + little(place + UInt32(utf16(key).count))
      locator += little(UInt16(utf16(key).count)) + little(UInt16(utf16(value).count))
      texts += utf16(key) + utf16(value)
    }
    let items: [(String, [UInt8])] = [
      ("CAA16737-FA36-4D43-B3B6-33F0AA44E76B", little(UInt32(1 << 20)) + little(UInt32(2))),
      ("2FA54224-CD1B-4876-B211-5DBED83BF4B8", little(UInt64(4 << 20))),
      ("8141BF1D-A96F-4709-BA47-F233A8FAAB5F", little(UInt32(512))),
      ("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C", locator + texts),
    ]
    var table = Array("metadata".utf8) + [0, 0] + little(UInt16(items.count))
    table += [UInt8](repeating: 0, count: 20)
    for (index, item) in items.enumerated() {
      let place = (64 << 10) + index * 4096
      table += identifier(item.0) + little(UInt32(place)) + little(UInt32(item.1.count))
      table += little(UInt32(4)) + little(UInt32(0))
      put(item.1, at: (1 << 20) + place)
    }
    put(table, at: 1 << 20)
    // The bitmap's entry follows those of 4096 blocks: 2^23 sectors of 512 bytes, in blocks of 1 MiB.
    let own = UInt64(3 << 20) | 6
    put(
      little(UInt64(0)) + little(own) + little(UInt64(2)) + little(UInt64(4 << 20) | 7), at: 2 << 20
    )
    put(little(UInt64(5 << 20) | 6), at: (2 << 20) + 4096 * 8)
    put([UInt8](repeating: 0xA1, count: 1 << 20), at: 3 << 20)
    put([UInt8](repeating: 0xA3, count: 1 << 20), at: 4 << 20)
    let first = 3 * 2048 / 8
    put([0b1111_1000, 0b0000_0011], at: (5 << 20) + first)
    put([0b0001_0000], at: (5 << 20) + first + 12)
    return bytes
  }

  @Test func aDifferencingVHDXTakesWhatIsNotItsOwnFromItsParent() throws {
    let parent = folder.path + "/parent.vhdx"
    try ContainerFixtures.run("qemu-img", ["create", "-f", "vhdx", parent, "4M"])
    try ContainerFixtures.run("qemu-io", ["-f", "vhdx", "-c", "write -P 0x77 0 4M", parent])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: parent)))
    func sequence(_ place: Int) -> [UInt8] { Array(bytes[place + 8..<place + 16].reversed()) }
    let header = sequence(65536).lexicographicallyPrecedes(sequence(131_072)) ? 131_072 : 65536
    let data = Array(bytes[header + 32..<header + 48])
    let order = [3, 2, 1, 0, 5, 4, 7, 6] + Array(8..<16)
    let linkage = "{" + Hexadecimal.text(of: order.map { data[$0] }) + "}"

    let child = try folder.write(
      vhdxChild(of: "parent.vhdx", linkage: linkage), to: "child.vhdx")
    let medium = try TestImage(child)
    #expect(medium.words == "VHDX (differencing)")
    #expect(medium.image.files.map(\.lastComponent) == ["child.vhdx", "parent.vhdx"])
    var expected = Data(repeating: 0x77, count: 4 << 20)
    expected.replaceSubrange(1 << 20..<2 << 20, with: Data(repeating: 0xA1, count: 1 << 20))
    expected.replaceSubrange(2 << 20..<3 << 20, with: Data(count: 1 << 20))
    for sectors in [3..<10, 100..<101] {
      let range = (3 << 20) + sectors.lowerBound * 512..<(3 << 20) + sectors.upperBound * 512
      expected.replaceSubrange(range, with: Data(repeating: 0xA3, count: range.count))
    }
    #expect(try medium.isIdentical(to: expected))
    #expect(medium.mistakes(against: expected, reads: 100, seed: 5) == 0)
    #expect(medium.promisesHold(in: expected, seed: 6))
    // A different disk, and a missing one.
    try ContainerFixtures.run("qemu-img", ["create", "-f", "vhdx", parent, "4M"])
    let other = #expect(throws: ImageError.self) { try OpenedImage(RawPath(child)) }
    #expect(other?.description.contains("another disk") == true)
    try FileManager.default.removeItem(atPath: parent)
    let none = #expect(throws: ImageError.self) { try OpenedImage(RawPath(child)) }
    #expect(none?.description.contains("parent.vhdx") == true)
  }
}
