import TestSupport
import Testing

@testable import FileSystems

/// Headers of attributes, built field by field; nothing in them leads outside.
@Suite struct NtfsAttributeTests {
  /// An attribute of 96 bytes behind eight others, with the name "ab".
  private func bytes(isResident: Bool, _ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 8 + 96)
    bytes.write(little: UInt32(0x80), at: 8)
    bytes.write(little: UInt32(96), at: 12)
    bytes[16] = isResident ? 0 : 1
    bytes[17] = 2
    bytes.write(little: UInt16(64), at: 18)
    bytes.write(little: UInt16(0x4001), at: 20)
    bytes.write(little: UInt16(5), at: 22)
    if isResident {
      bytes.write(little: UInt32(10), at: 24)
      bytes.write(little: UInt16(72), at: 28)
    } else {
      bytes.write(little: UInt64(7), at: 24)
      bytes.write(little: UInt16(72), at: 40)
      bytes.write(little: UInt16(4), at: 42)
      bytes.write(little: UInt64(1000), at: 56)
      bytes.write(little: UInt64(900), at: 64)
    }
    change(&bytes)
    return bytes
  }

  private func read(_ bytes: [UInt8], at offset: Int = 8) -> NtfsAttribute? {
    bytes.withUnsafeBytes { NtfsAttribute.read($0, at: offset)?.attribute }
  }

  @Test func residentContentIsARangeOfTheEntry() throws {
    let found = try #require(read(bytes(isResident: true)))
    #expect(found.type == NtfsAttribute.Kind.data && found.identifier == 5)
    #expect(found.isEncrypted && found.isCompressed)
    #expect(found.name == 72..<76)
    guard case .resident(let range) = found.content else { throw Unexpected() }
    #expect(range == 80..<90)
  }

  @Test func runsReachToTheEndOfTheAttribute() throws {
    let found = try #require(read(bytes(isResident: false)))
    guard case .clusters(let content) = found.content else { throw Unexpected() }
    #expect(content.firstCluster == 7 && content.runs == 80..<104)
    #expect(content.compressionUnit == 4 && content.size == 1000 && content.written == 900)
  }

  private struct Unexpected: Error {}

  @Test(
    "Numbers that lead outside",
    arguments: [
      (true, 24, [25, 0, 0, 0]), (true, 24, [255, 255, 255, 255]), (true, 28, [255, 255]),
      (false, 40, [97, 0]), (false, 40, [63, 0]), (true, 17, [255]), (true, 18, [93, 0]),
      (true, 12, [97, 0, 0, 0]), (true, 12, [23, 0, 0, 0]), (true, 8, [0, 0, 0, 0]),
      (true, 8, [255, 255, 255, 255]), (false, 12, [56, 0, 0, 0]),
    ] as [(Bool, Int, [UInt8])])
  func damage(_ isResident: Bool, _ place: Int, _ value: [UInt8]) {
    #expect(read(bytes(isResident: isResident) { $0.write(value, at: place) }) == nil)
  }

  @Test func attributesThatAreCutAreNotRead() {
    for isResident in [true, false] {
      let whole = bytes(isResident: isResident)
      for count in 0..<whole.count {
        #expect(read(Array(whole.prefix(count))) == nil, "\(count)")
      }
      #expect(read(whole, at: whole.count) == nil && read(whole, at: .max - 8) == nil)
    }
  }

  @Test func aNameOfNoLettersHasNoPlace() throws {
    let found = try #require(
      read(
        bytes(isResident: true) {
          $0[17] = 0
          $0.write(little: UInt16.max, at: 18)
        }))
    #expect(found.name.isEmpty)
  }
}
