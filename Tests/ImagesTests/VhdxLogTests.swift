import Bytes
import Containers
import Foundation
import TestSupport
import Testing

/// An unapplied log is applied in memory; qemu, which applies it to the file, is the peer.
@Suite struct VhdxLogTests {
  private let folder: TemporaryDirectory
  private var bytes: [UInt8]

  init() throws {
    folder = try TemporaryDirectory()
    let image = folder.path + "/image.vhdx"
    try ContainerFixtures.run(
      "qemu-img", ["create", "-f", "vhdx", "-o", "block_size=1M", image, "16M"])
    try ContainerFixtures.run(
      "qemu-io", ["-f", "vhdx", "-c", "write -P 1 0 1M", "-c", "write -P 2 5M 1M", image])
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image)))
  }

  private func number<Number: FixedWidthInteger>(_ place: Int, _: Number.Type = Number.self)
    -> Number
  {
    (0..<MemoryLayout<Number>.size).reversed().reduce(0) { $0 << 8 | Number(bytes[place + $1]) }
  }

  private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~value
  }

  /// The header that was written last.
  private var header: Int {
    number(65536 + 8, UInt64.self) > number(131_072 + 8, UInt64.self) ? 65536 : 131_072
  }

  private mutating func seal(_ range: Range<Int>) {
    bytes.replaceSubrange(range.lowerBound + 4..<range.lowerBound + 8, with: [0, 0, 0, 0])
    let sum = checksum(Array(bytes[range]))
    bytes.replaceSubrange(range.lowerBound + 4..<range.lowerBound + 8, with: little(sum))
  }

  /// Writes entries into the log, one after the other from sector `first`, each of which replaces
  /// the first sector of the block table, and marks the log as present in the header.
  private mutating func log(_ contents: [[UInt8]], first: Int = 0, at target: UInt64) {
    let place = Int(number(header + 72, UInt64.self))
    let length = Int(number(header + 68, UInt32.self))
    let identifier = [UInt8](1...16)
    for (index, sector) in contents.enumerated() {
      let start = (first * 4096 + index * 8192) % length
      let sequence = UInt64(100 + index)
      var entry = Array("loge".utf8) + [0, 0, 0, 0] + little(UInt32(8192))
      entry += little(UInt32(first * 4096)) + little(sequence) + little(UInt32(1)) + [0, 0, 0, 0]
      entry += identifier + little(UInt64(bytes.count)) + little(UInt64(bytes.count))
      entry += Array("desc".utf8) + sector.suffix(4) + sector.prefix(8) + little(target)
      entry += little(sequence)
      entry += [UInt8](repeating: 0, count: 4096 - entry.count)
      entry += Array("data".utf8) + little(UInt32(0)) + sector[8..<4092] + little(UInt32(sequence))
      let sum = checksum(entry)
      entry.replaceSubrange(4..<8, with: little(sum))
      for (offset, byte) in entry.enumerated() {
        bytes[place + (start + offset) % length] = byte
      }
    }
    bytes.replaceSubrange(header + 48..<header + 64, with: identifier)
    seal(header..<header + 4096)
  }

  /// Offset of the block table according to the region table.
  private var table: Int {
    let identifier: [UInt8] = [
      0x66, 0x77, 0xC2, 0x2D, 0x23, 0xF6, 0x00, 0x42, 0x9D, 0x64, 0x11, 0x5E, 0x9B, 0xFD, 0x4A,
      0x08,
    ]
    let entry = stride(from: 196_608 + 16, to: 196_608 + 16 + 64, by: 32).first {
      Array(bytes[$0..<$0 + 16]) == identifier
    }
    return Int(number(entry! + 16, UInt64.self))
  }

  /// The table with block `from` also at `to`.
  private func table(moving from: Int, to: Int) -> [UInt8] {
    var sector = Array(bytes[table..<table + 4096])
    sector.replaceSubrange(to * 8..<to * 8 + 8, with: sector[from * 8..<from * 8 + 8])
    return sector
  }

  @Test(arguments: [0, 3, 254])
  mutating func aLogIsAppliedInMemory(_ first: Int) throws {
    let entries = [table(moving: 0, to: 3), table(moving: 5, to: 3)]
    log(entries, first: first, at: UInt64(table))
    let image = try folder.write(bytes, to: "dirty.vhdx")
    let medium = try TestImage(image)
    // The last entry counts, and the file is unchanged.
    #expect(try medium.bytes(3 << 20, 1 << 20) == Data(repeating: 2, count: 1 << 20))
    #expect(try medium.bytes(0, 100) == Data(repeating: 1, count: 100))
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: image))) == bytes)
    // qemu writes the log to its copy.
    let copy = try folder.write(bytes, to: "copy.vhdx")
    try ContainerFixtures.run("qemu-img", ["check", "-r", "all", copy])
    let raw = folder.path + "/raw"
    try ContainerFixtures.run("qemu-img", ["convert", "-O", "raw", copy, raw])
    #expect(try medium.isIdentical(to: try Data(contentsOf: URL(fileURLWithPath: raw))))
  }

  @Test mutating func aLogThatIsDamagedIsNotGuessedAt() throws {
    log([table(moving: 0, to: 3)], at: UInt64(table))
    bytes[Int(number(header + 72, UInt64.self)) + 5000] ^= 1
    let image = try folder.write(bytes, to: "dirty.vhdx")
    let error = #expect(throws: ImageError.self) { try OpenedImage(RawPath(image)) }
    #expect(error?.description.contains("its log is damaged") == true)
  }
}
