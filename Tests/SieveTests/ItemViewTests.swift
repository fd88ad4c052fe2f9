import TestSupport
import Testing

@testable import Sieve

/// Knowledge about an item: what is not known is never excluded.
@Suite struct ItemViewTests {
  /// A view of a size, of which the first and last bytes are known.
  private func with<Result>(
    _ head: [UInt8], _ tail: [UInt8] = [], size: Int64? = nil, _ body: (ItemView) -> Result
  ) -> Result {
    head.withUnsafeBytes { head in
      tail.withUnsafeBytes { tail in
        body(
          ItemView(
            size: size.map { IntegerSet($0) } ?? IntegerSet(0 ... .max), head: head, tail: tail,
            knowledge: .none))
      }
    }
  }

  @Test func numbersAreLittleEndianFromTheHeadOrTheTail() {
    with([1, 2, 3, 4], [9, 10], size: 20) { view in
      #expect(view.unsigned(2, at: 1) == 0x0302 && view.unsigned(4, at: 0) == 0x0403_0201)
      #expect(view.unsigned(1, at: 18) == 9 && view.unsigned(2, at: 18) == 0x0A09)
      // Beyond either, across the end, and at no place.
      for (width, offset) in [
        (1, 4), (2, 3), (1, 17), (2, 17), (2, 19), (1, 20), (1, -1), (8, .max),
      ] {
        #expect(view.unsigned(width, at: offset) == nil, "\(width), \(offset)")
      }
    }
    // The place of the tail is that of the end, which must be known.
    with([1], [9], size: nil) { view in #expect(view.unsigned(1, at: 19) == nil) }
  }

  @Test func rangesAreKnownAsAWhole() {
    with([1, 2, 3, 4], [9, 10], size: 20) { view in
      #expect(view.knows(from: 0, to: 3) && !view.knows(from: 0, to: 4))
      #expect(view.knows(from: 18, to: 19) && !view.knows(from: 17, to: 19))
      #expect(!view.knows(from: 18, to: 20) && !view.knows(from: 2, to: 18))
      #expect(!view.headIsWhole)
    }
    with([1, 2], size: 2) { view in #expect(view.headIsWhole) }
    with([1, 2], size: nil) { view in #expect(!view.headIsWhole) }
    #expect(!ItemView.unknown.headIsWhole && ItemView.unknown.unsigned(1, at: 0) == nil)
  }

  private func maybe(_ header: Header, _ head: [UInt8], size: Int64? = nil) -> Bool {
    with(head, size: size) { $0.header(header) == .maybe }
  }

  /// A PE whose header is at 64: its magic, and the fifth entry of the data directory.
  private func program(_ magic: UInt16 = 0x10B, certificates: UInt32 = 0) -> [UInt8] {
    var bytes = [UInt8](zeros: 512)
    bytes.write("MZ", at: 0)
    bytes.write(little: UInt32(64), at: 60)
    bytes.write("PE", at: 64)
    bytes.write(little: magic, at: 88)
    bytes.write(little: certificates, at: 88 + (magic == 0x20B ? 144 : 128))
    return bytes
  }

  @Test func aPortableExecutableHasBothHeaders() {
    #expect(maybe(.portableExecutable, program(), size: 512))
    var other = program()
    other[65] = 0
    #expect(!maybe(.portableExecutable, other, size: 512))
    #expect(!maybe(.portableExecutable, Array("ZM".utf8), size: 512))
    // The second header is not in the first bytes, or may not be.
    #expect(maybe(.portableExecutable, Array(program().prefix(64)), size: 512))
    #expect(maybe(.portableExecutable, Array("MZ".utf8)) && maybe(.portableExecutable, []))
    // Too short for both, and a place that is none.
    #expect(!maybe(.portableExecutable, Array(program().prefix(63)), size: 63))
    #expect(!maybe(.portableExecutable, Array(program().prefix(311)), size: 311))
    #expect(maybe(.portableExecutable, Array(program().prefix(312)), size: 312))
    var negative = program()
    negative.write(little: UInt32.max, at: 60)
    #expect(!maybe(.portableExecutable, negative, size: 512))
  }

  @Test(arguments: [0x10B, 0x20B] as [UInt16])
  func aSignedOneNamesItsCertificates(_ magic: UInt16) {
    #expect(!maybe(.signedPortableExecutable, program(magic), size: 512))
    #expect(maybe(.signedPortableExecutable, program(magic, certificates: 1), size: 512))
    #expect(maybe(.signedPortableExecutable, Array(program(magic).prefix(200)), size: 512))
    #expect(!maybe(.signedPortableExecutable, Array("text".utf8), size: 4))
  }

  @Test func elfAndMachOHaveTheirMagics() {
    let elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1]
    #expect(maybe(.elf, elf) && maybe(.elf, Array(elf.prefix(4))) && maybe(.elf, [0x7F]))
    #expect(!maybe(.elf, Array(elf.prefix(3)), size: 3), "it ends inside the magic")
    for (place, value) in [(0, 0), (4, 0), (4, 3), (5, 0), (5, 3)] as [(Int, UInt8)] {
      var changed = elf
      changed[place] = value
      #expect(!maybe(.elf, changed), "\(place): \(value)")
    }
    for magic: [UInt8] in [[0xFE, 0xED, 0xFA, 0xCE], [0xCF, 0xFA, 0xED, 0xFE]] {
      #expect(maybe(.machO, magic) && maybe(.machOOrUniversal, magic))
    }
    let universal: [UInt8] = [0xCA, 0xFE, 0xBA, 0xBE]
    #expect(!maybe(.machO, universal) && maybe(.machOOrUniversal, universal))
    #expect(maybe(.machO, [0xCF]) && !maybe(.machO, [0xCF], size: 1))
    #expect(maybe(.none, []) && maybe(.none, Array("text".utf8), size: 4))
  }

  @Test func onlyTwoKindsHaveEntryPoints() {
    func mayHave(_ head: [UInt8]) -> Bool { with(head, size: 9) { $0.mayHaveEntryPoint } }
    #expect(mayHave(Array("MZ".utf8)) && mayHave([0x7F, 0x45, 0x4C, 0x46]) && mayHave([]))
    #expect(!mayHave([0xCF, 0xFA, 0xED, 0xFE]) && !mayHave(Array("text".utf8)))
  }
}
