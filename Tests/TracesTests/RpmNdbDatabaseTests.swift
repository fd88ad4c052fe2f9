import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// rpm's ndb format: slots and packages, built from rpmpkg.c.
@Suite struct RpmNdbDatabaseTests {
  private var names: RecordNames {
    var names = RecordNames()
    names.packages = ["acme"]
    names.publishers.wholeNames = ["Acme"]
    return names
  }

  /// The header of a package by the vendor.
  private var header: [UInt8] {
    let data = Array("acme\0Acme\0".utf8)
    func entry(_ tag: RpmHeader.Tag, _ offset: UInt32) -> [UInt8] {
      [UInt8](big: tag.rawValue) + [0, 0, 0, 6] + [UInt8](big: offset) + [0, 0, 0, 1]
    }
    return [0, 0, 0, 2] + [UInt8](big: UInt32(data.count)) + entry(.name, 0) + entry(.vendor, 5)
      + data
  }

  private func adler(_ bytes: [UInt8]) -> UInt32 {
    let (low, high) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
      let low = (sums.0 + UInt32(byte)) % 65_521
      return (low, (sums.1 + low) % 65_521)
    }
    return high << 16 | low
  }

  /// A database of one page of slots, and one package in the block behind it.
  private func database(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var blob = Array("BlbS".utf8) + [UInt8](little: UInt32(7)) + [0, 0, 0, 0]
    blob += [UInt8](little: UInt32(header.count)) + header
    let length = (16 + header.count + 12 + 15) / 16 * 16
    blob += [UInt8](zeros: length - 12 - blob.count)
    blob +=
      [UInt8](little: adler(blob)) + [UInt8](little: UInt32(header.count)) + Array("BlbE".utf8)
    var bytes = [UInt8](zeros: 4096)
    bytes.write("RpmP", at: 0)
    bytes.write(little: UInt32(1), at: 12)
    for slot in stride(from: 32, to: 4096, by: 16) { bytes.write("Slot", at: slot) }
    bytes.write(little: UInt32(7), at: 36)
    bytes.write(little: UInt32(256), at: 40)
    bytes.write(little: UInt32(blob.count / 16), at: 44)
    bytes += blob
    change(&bytes)
    return bytes
  }

  private func read(_ bytes: [UInt8]) -> RpmPackages {
    bytes.withUnsafeBytes { RpmNdbDatabase($0, names).packages }
  }

  @Test func aPackageIsInTheBlocksOfItsSlot() {
    let found = read(database())
    #expect(found.traces.map(\.product) == ["acme"] && found.damage == nil)
  }

  @Test func aWrongChecksumIsDamageButReadable() {
    let found = read(database { $0[$0.count - 12] ^= 1 })
    #expect(found.traces.count == 1 && found.damage?.contains("checksum") == true)
  }

  @Test(
    "Slots that lead elsewhere",
    arguments: [
      (36, [8]), (40, [0xFF, 0xFF, 0xFF, 0xFF]), (40, [1, 0]), (44, [0xFF, 0xFF, 0xFF, 0xFF]),
      (44, [1, 0]), (32, [0]), (4096, [0]), (4096 + 12, [0xFF, 0xFF, 0xFF, 0xFF]), (4, [1]),
      (12, [0]), (12, [0xFF, 0xFF, 0xFF, 0xFF]),
    ] as [(Int, [UInt8])])
  func damage(_ place: Int, _ value: [UInt8]) {
    let found = read(database { $0.write(value, at: place) })
    #expect(found.traces.isEmpty && found.damage != nil)
  }

  @Test func aCutDatabaseIsDamaged() {
    let whole = database()
    for count in [0, 15, 32, 100, 4096, whole.count - 1, whole.count - 16] {
      let found = read(Array(whole.prefix(count)))
      #expect(found.damage != nil, "\(count)")
    }
  }

  @Test func slotsThatShareAPackageAreBounded() {
    let found = read(
      database {
        let slot = Array($0[32..<48])
        for place in stride(from: 48, to: 4096, by: 16) { $0.write(slot, at: place) }
      })
    #expect(found.damage == "it holds more than its size allows")
    #expect(found.traces.count < 100)
  }
}
