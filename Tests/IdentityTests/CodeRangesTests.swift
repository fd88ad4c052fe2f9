import TestSupport
import Testing

@testable import Identity

/// Bytes that loaders map as code and data, in PE, ELF and Mach-O files.
@Suite struct CodeRangesTests {
  private func read(_ bytes: [UInt8]) -> CodeRanges? { CodeRanges(bytes.span.bytes) }

  @Test func sectionsCountWithoutTheirResources() throws {
    let found = try #require(read(PortableExecutableTests.program()))
    #expect(found.counted == [512..<640, 768..<784, 832..<896])
    #expect(found.structure == [0..<512, 784..<832, 960..<1024])
    #expect(found.count(512..<640) && found.count(600..<601) && found.count(832..<896))
    #expect(!found.count(639..<641) && !found.count(783..<785) && !found.count(900..<901))
  }

  @Test func aSectionCannotClaimTheCertificates() throws {
    let second = 88 + 96 + 128 + 40
    let found = try #require(
      read(PortableExecutableTests.program { $0.write(little: UInt32.max, at: second + 16) }))
    #expect(found.counted == [512..<640, 768..<784, 832..<960])
  }

  /// An ELF file of 512 bytes: a loadable segment, a note, an allocated section, and one without bytes.
  private func elf(is64: Bool, segments: UInt16, _ change: (inout [UInt8]) -> Void = { _ in })
    -> [UInt8]
  {
    var bytes = [UInt8](zeros: 512)
    bytes.write([0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, 1], at: 0)
    func write(_ number: UInt32, at place: Int) { bytes.write(little: number, at: place) }
    write(64, at: is64 ? 32 : 28)
    write(192, at: is64 ? 40 : 32)
    bytes.write(little: segments, at: is64 ? 56 : 44)
    bytes.write(little: UInt16(3), at: is64 ? 60 : 48)
    for (index, (kind, offset, size)) in [(1, 400, 50), (4, 460, 10)].enumerated() {
      let entry = 64 + index * (is64 ? 56 : 32)
      write(UInt32(kind), at: entry)
      write(UInt32(offset), at: entry + (is64 ? 8 : 4))
      write(UInt32(size), at: entry + (is64 ? 32 : 16))
    }
    for (index, (kind, flags, offset)) in [(1, 2, 390), (8, 2, 400), (1, 0, 410)].enumerated() {
      let entry = 192 + index * (is64 ? 64 : 40)
      write(UInt32(kind), at: entry + 4)
      write(UInt32(flags), at: entry + 8)
      write(UInt32(offset), at: entry + (is64 ? 24 : 16))
      write(5, at: entry + (is64 ? 32 : 20))
    }
    change(&bytes)
    return bytes
  }

  @Test(arguments: [false, true])
  func segmentsCountAndWithoutThemAllocatedSections(_ is64: Bool) {
    #expect(read(elf(is64: is64, segments: 2))?.counted == [400..<450])
    #expect(read(elf(is64: is64, segments: 0))?.counted == [390..<395])
  }

  @Test func segmentsEndWithTheFile() {
    let long = elf(is64: true, segments: 2) { $0.write(little: UInt64(1) << 47, at: 64 + 32) }
    #expect(read(long)?.counted == [400..<512])
    // Numbers that are no places in a file.
    let wild = elf(is64: true, segments: 2) { $0.write(little: UInt64.max, at: 64 + 8) }
    #expect(read(wild)?.counted == [390..<395], "no segment is left")
    let table = elf(is64: true, segments: .max) { $0.write(little: UInt64.max, at: 32) }
    #expect(read(table)?.counted == [390..<395])
    let other = elf(is64: true, segments: 2) { $0[5] = 2 }
    #expect(read(other)?.counted.isEmpty == true, "of the other byte order")
  }

  /// A Mach-O file of 64 bits with one segment of 100 bytes from 300 on, and a signature at 380.
  private func machO(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write(little: UInt32(0xFEED_FACF), at: 0)
    bytes.write(little: UInt32(2), at: 16)
    bytes.write(little: UInt32(88), at: 20)
    bytes.write(little: UInt32(0x19), at: 32)
    bytes.write(little: UInt32(72), at: 36)
    bytes.write(little: UInt64(300), at: 72)
    bytes.write(little: UInt64(100), at: 80)
    bytes.write(little: UInt32(0x1D), at: 104)
    bytes.write(little: UInt32(16), at: 108)
    bytes.write(little: UInt32(380), at: 112)
    bytes.write(little: UInt32(10), at: 116)
    change(&bytes)
    return bytes
  }

  @Test func segmentsOfMachOCountWithoutTheSignature() {
    #expect(read(machO())?.counted == [300..<380, 390..<400])
    #expect(read(machO { $0.write(little: UInt32.max, at: 20) })?.counted == [])
    #expect(read(machO { $0.write(little: UInt32(7), at: 36) })?.counted == [])
    #expect(
      read(machO { $0.write(little: UInt32.max, at: 16) })?.counted == [300..<380, 390..<400])
  }

  @Test func slicesOfAUniversalFileAreRelative() {
    var bytes = [UInt8](zeros: 100)
    bytes.write([0xCA, 0xFE, 0xBA, 0xBE], at: 0)
    bytes.write(big: UInt32(2), at: 4)
    bytes.write(big: UInt32(100), at: 16)
    bytes.write(big: UInt32.max, at: 36)
    #expect(read(bytes + machO())?.counted == [400..<480, 490..<500])
    bytes.write(big: UInt32(52), at: 4)
    #expect(read(bytes + machO()) == nil, "a class file of Java")
  }

  @Test func otherFilesHaveNone() {
    for bytes in [[], [0x7F], Array("text".utf8), [UInt8](zeros: 512)] {
      #expect(read(bytes) == nil)
    }
  }
}
