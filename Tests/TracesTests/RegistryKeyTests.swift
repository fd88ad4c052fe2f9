import Evidence
import TestSupport
import Testing

@testable import Traces

/// Records of keys and values, built from the regf specification.
@Suite struct RegistryKeyTests {
  private func key(_ name: [UInt8], flags: UInt16 = 0x20, length: UInt16? = nil) -> [UInt8] {
    var bytes = [UInt8](zeros: 76)
    bytes.write("nk", at: 0)
    bytes.write(little: flags, at: 2)
    bytes.write(little: UInt64(133_000_000_000_000_001), at: 4)
    bytes.write(little: UInt32(0x20), at: 16)
    bytes.write(little: UInt32(3), at: 20)
    bytes.write(little: UInt32(0x100), at: 28)
    bytes.write(little: UInt32(2), at: 36)
    bytes.write(little: UInt32(0x200), at: 40)
    bytes.write(little: length ?? UInt16(name.count), at: 72)
    return bytes + name
  }

  private func read(_ bytes: [UInt8], root: String? = nil) -> RegistryKey? {
    bytes.withUnsafeBytes {
      RegistryKey(HiveCell(offset: 0x80, bytes: $0), above: "HKLM", root: root)
    }
  }

  @Test func fieldsAreThoseOfTheRecord() throws {
    let found = try #require(read(key(Array("Software".utf8))))
    #expect(found.name == "Software" && found.path == "HKLM\\Software" && found.offset == 0x80)
    #expect(found.parent == 0x20 && found.subkeyCount == 3 && found.subkeyList == 0x100)
    #expect(found.valueCount == 2 && found.valueList == 0x200)
    #expect(found.written == Timestamp(seconds: 1_655_526_400, nanoseconds: 100))
    #expect(read(key(Array("CsiTool".utf8)), root: "HKCU")?.path == "HKCU")
    #expect(read(key([UInt8](utf16: "ключ"), flags: 0))?.name == "ключ")
  }

  @Test func recordsThatAreCutAreNone() {
    let whole = key(Array("ab".utf8))
    for count in 0..<whole.count { #expect(read(Array(whole.prefix(count))) == nil, "\(count)") }
    #expect(read(key([UInt8](zeros: 600), length: 513)) == nil, "longer than a name may be")
    #expect(read([0x76] + whole.dropFirst()) == nil, "another record")
  }

  private func value(_ size: UInt32, name: [UInt8] = [0x41], flags: UInt16 = 1) -> RegistryValue? {
    var bytes = [UInt8](zeros: 20)
    bytes.write("vk", at: 0)
    bytes.write(little: UInt16(name.count), at: 2)
    bytes.write(little: size, at: 4)
    bytes.write(little: UInt32(0x300), at: 8)
    bytes.write(little: UInt32(7), at: 12)
    bytes.write(little: flags, at: 16)
    return (bytes + name).withUnsafeBytes { RegistryValue(HiveCell(offset: 0, bytes: $0)) }
  }

  @Test func theHighestBitOfASizeSaysThatTheDataIsInTheRecord() throws {
    let found = try #require(value(0x8000_0004))
    #expect(found.name == "A" && found.size == 4 && found.isResident && found.data == 0x300)
    #expect(found.type == RegistryValue.textList)
    #expect(value(0xFFFF_FFFF)?.size == 0x7FFF_FFFF)
    #expect(value(8)?.isResident == false)
    #expect(value(8, name: [])?.name == "")
    #expect(value(8, name: [UInt8](utf16: "ж"), flags: 0)?.name == "ж")
  }

  @Test func timesAreSince1601() {
    #expect(Timestamp(fileTime: 0) == nil)
    #expect(Timestamp(fileTime: 116_444_736_000_000_000)?.seconds == 0)
    #expect(Timestamp(fileTime: 1) == Timestamp(seconds: -11_644_473_600, nanoseconds: 100))
    #expect(Timestamp(fileTime: .max)?.nanoseconds == 955_161_500)
  }
}
