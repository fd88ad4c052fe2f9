import TestSupport
import Testing

@testable import Sieve

/// When the first bytes say that a module defines nothing.
@Suite struct HeaderTests {
  private func isPossible(_ header: Header, _ bytes: [UInt8], size: Int? = nil) -> Bool {
    bytes.withUnsafeBytes { head in
      let view = ItemView(
        size: IntegerSet(Int64(size ?? bytes.count)), head: head, knowledge: .none)
      return view.header(header) == .maybe
    }
  }

  private func executable(headerAt offset: Int, count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.replaceSubrange(0..<2, with: "MZ".utf8)
    bytes.replaceSubrange(
      60..<64, with: (0..<4).map { UInt8(truncatingIfNeeded: offset >> (8 * $0)) })
    if offset >= 0, offset + 4 <= count {
      bytes.replaceSubrange(offset..<offset + 2, with: "PE".utf8)
    }
    return bytes
  }

  @Test func aPortableExecutableNeedsItsHeaders() {
    #expect(isPossible(.portableExecutable, SemanticsCase.minimalExecutable))
    #expect(isPossible(.portableExecutable, executable(headerAt: 0x40, count: 312)))
    #expect(!isPossible(.portableExecutable, executable(headerAt: 0x40, count: 311)))
    #expect(!isPossible(.portableExecutable, Array(executable(headerAt: 0x40, count: 400)[1...])))
    #expect(!isPossible(.portableExecutable, Array("MZ".utf8)))
    #expect(!isPossible(.portableExecutable, []))
    var other = executable(headerAt: 0x40, count: 400)
    other[0x41] = 0x46
    #expect(!isPossible(.portableExecutable, other))
    #expect(!isPossible(.portableExecutable, executable(headerAt: -1, count: 400)))
  }

  @Test func aHeaderMayLieBehindTheFirstBytes() {
    let bytes = Array(executable(headerAt: 0x20000, count: 4096))
    #expect(isPossible(.portableExecutable, bytes, size: 0x30000))
    #expect(!isPossible(.portableExecutable, bytes, size: 0x20000))
    #expect(isPossible(.signedPortableExecutable, bytes, size: 0x30000))
  }

  @Test func certificatesNeedADirectory() {
    var bytes = executable(headerAt: 0x40, count: 600)
    #expect(!isPossible(.signedPortableExecutable, bytes))
    bytes[0x40 + 24 + 128] = 1
    #expect(isPossible(.signedPortableExecutable, bytes))
  }

  @Test func elfNeedsClassAndData() {
    let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    #expect(isPossible(.elf, magic + [2, 1] + [UInt8](repeating: 0, count: 80)))
    #expect(isPossible(.elf, magic + [1, 2] + [UInt8](repeating: 0, count: 80)))
    #expect(!isPossible(.elf, magic + [3, 1] + [UInt8](repeating: 0, count: 80)))
    #expect(!isPossible(.elf, magic + [1, 3] + [UInt8](repeating: 0, count: 80)))
    #expect(!isPossible(.elf, [0x7F, 0x45, 0x4C]))
  }

  @Test func machOHasFourMagicsAndUniversalFilesFourMore() {
    for magic: [UInt8] in [[0xCF, 0xFA, 0xED, 0xFE], [0xCE, 0xFA, 0xED, 0xFE]] {
      for bytes in [magic, magic.reversed()] {
        #expect(isPossible(.machO, bytes))
        #expect(isPossible(.machOOrUniversal, bytes))
      }
    }
    for magic: [UInt8] in [[0xCA, 0xFE, 0xBA, 0xBE], [0xCA, 0xFE, 0xBA, 0xBF]] {
      for bytes in [magic, magic.reversed()] {
        #expect(!isPossible(.machO, bytes))
        #expect(isPossible(.machOOrUniversal, bytes))
      }
    }
    #expect(!isPossible(.machOOrUniversal, Array("text".utf8)))
    #expect(!isPossible(.machOOrUniversal, [0xCA, 0xFE]))
  }

  @Test func whatIsNotKnownIsPossible() {
    for header in [Header.portableExecutable, .elf, .machO, .machOOrUniversal] {
      #expect(isPossible(header, [], size: 5000))
    }
  }
}
