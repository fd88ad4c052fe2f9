import Foundation
import TestSupport
import Testing

@testable import Images

/// Headers of carved files: the length comes from their own tables, and nothing in them traps.
@Suite struct CarvedHeaderTests {
  private static let files: [(name: String, bytes: [UInt8])] = Fixtures.files("positive")
    .compactMap { folder, file in
      guard let bytes = try? [UInt8](Data(contentsOf: URL(fileURLWithPath: file))) else {
        return nil
      }
      return CarvedHeader(of: bytes) == nil ? nil : (folder, bytes)
    }

  /// Files written by linkers, compilers and signing tools are as long as their headers say.
  @Test func lengthsAreThoseOfTheFiles() {
    #expect(Self.files.count > 60)
    let kinds = Set(Self.files.compactMap { CarvedHeader(of: $0.bytes)?.kind })
    #expect(kinds == Set(CarvedHeader.Kind.allCases))
    for (name, bytes) in Self.files {
      let header = CarvedHeader(of: bytes)
      #expect(header?.length == UInt64(bytes.count), "\(name)")
    }
  }

  /// The header of a compound file lists 109 sectors of its table: more than 6.8 MiB need an
  /// index.
  @Test func aLargeSetupPackageIsAsLongAsItsTablesSay() throws {
    let folder = try TemporaryDirectory()
    let cabinet = try folder.write(String(repeating: "content ", count: 1_300_000), to: "cabinet")
    let package = folder.path + "/large.msi"
    let made = try Subprocess.run("msibuild", [package, "-a", "Data", cabinet])
    #expect(made.status == 0)
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: package)))
    #expect(bytes.count > 8 << 20)
    #expect(CarvedHeader(of: bytes)?.length == UInt64(bytes.count))
  }

  @Test func systemProgramsAreAsLongAsTheirHeadersSay() throws {
    var compared = 0
    for name in ["bash", "ls", "cat", "env", "find", "tar"] {
      guard let bytes = try? [UInt8](Data(contentsOf: URL(fileURLWithPath: "/bin/" + name))) else {
        continue
      }
      let header = CarvedHeader(of: bytes)
      #expect(header?.kind == .elf)
      #expect(header?.length == UInt64(bytes.count), "\(name)")
      compared += 1
    }
    #expect(compared > 3)
  }

  // MARK: Built field by field

  private func program(_ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
    var bytes = [UInt8](zeros: 1024)
    bytes.write("MZ", at: 0)
    bytes.write(little: UInt32(64), at: 0x3C)
    bytes.write("PE", at: 64)
    bytes.write(little: UInt16(1), at: 70)
    bytes.write(little: UInt16(224), at: 84)
    bytes.write(little: UInt16(0x10B), at: 88)
    bytes.write(little: UInt32(512), at: 148)
    bytes.write(little: UInt32(16), at: 180)
    // The section: size and offset.
    bytes.write(little: UInt32(1000), at: 312 + 16)
    bytes.write(little: UInt32(512), at: 312 + 20)
    change(&bytes)
    return bytes
  }

  @Test func aProgramEndsWithItsLastSectionOrCertificates() {
    #expect(
      CarvedHeader(of: program())?.kind == .portableExecutable
        && CarvedHeader(of: program())?.length == 1512)
    let signed = program {
      $0.write(little: UInt32(2000), at: 184 + 32)
      $0.write(little: UInt32(100), at: 184 + 36)
    }
    #expect(CarvedHeader(of: signed)?.length == 2100)
    #expect(CarvedHeader(of: program { $0.write(little: UInt32(0), at: 328) })?.length == 512)
    for (place, value) in [
      (0x3C, [3, 0]), (0x3C, [1, 0x10]), (64, [0]), (70, [0]), (70, [97]), (84, [95]), (88, [0]),
      // A section of 4 GiB behind another offset.
      (328, [255, 255, 255, 255]),
    ] as [(Int, [UInt8])] {
      #expect(CarvedHeader(of: program { $0.write(value, at: place) }) == nil, "\(place)")
    }
  }

  @Test func anElfFileEndsWithItsSectionsOrSegments() {
    var bytes = [UInt8](zeros: 256)
    bytes.write([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1], at: 0)
    bytes.write(little: UInt16(2), at: 16)
    bytes.write(little: UInt64(64), at: 32)
    bytes.write(little: UInt64(1000), at: 40)
    bytes.write(little: UInt16(56), at: 54)
    bytes.write(little: UInt16(1), at: 56)
    bytes.write(little: UInt16(64), at: 58)
    bytes.write(little: UInt16(3), at: 60)
    bytes.write(little: UInt64(100), at: 64 + 8)
    bytes.write(little: UInt64(50), at: 64 + 32)
    #expect(CarvedHeader(of: bytes)?.length == 1192)
    bytes.write(little: UInt64(5000), at: 64 + 32)
    #expect(CarvedHeader(of: bytes)?.length == 5100)
    // Sums beyond any file.
    bytes.write(little: UInt64.max, at: 64 + 32)
    #expect(CarvedHeader(of: bytes)?.length == 1192)
    bytes.write(little: UInt64.max, at: 32)
    #expect(CarvedHeader(of: bytes)?.length == 1192)
    bytes.write(little: UInt64.max, at: 40)
    #expect(CarvedHeader(of: bytes) == nil)
    bytes.write(little: UInt64(5) << 30, at: 40)
    #expect(CarvedHeader(of: bytes) == nil, "longer than a file may be")
  }

  @Test func otherFormatsStateTheirLength() {
    var log = [UInt8](zeros: 8192)
    log.write("ElfFile\0", at: 0)
    log.write(little: UInt32(128), at: 32)
    log.write(little: UInt16(4096), at: 40)
    log.write(little: UInt16(3), at: 42)
    log.write("ElfChnk\0", at: 4096)
    #expect(
      CarvedHeader(of: log)?.kind == .eventLog && CarvedHeader(of: log)?.length == 4096 + 3 * 65_536
    )
    var prefetch = [UInt8](zeros: 84)
    prefetch.write(little: UInt32(30), at: 0)
    prefetch.write("SCCA", at: 4)
    prefetch.write(little: UInt32(84), at: 12)
    #expect(
      CarvedHeader(of: prefetch)?.kind == .prefetch && CarvedHeader(of: prefetch)?.length == 84)
    prefetch.write(little: UInt32.max, at: 12)
    #expect(CarvedHeader(of: prefetch) == nil)
    var universal = [UInt8](zeros: 64)
    universal.write([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 1], at: 0)
    universal.write(big: UInt32(4096), at: 16)
    universal.write(big: UInt32(100), at: 20)
    #expect(
      CarvedHeader(of: universal)?.kind == .machO && CarvedHeader(of: universal)?.length == 4196)
    universal[7] = 52
    #expect(CarvedHeader(of: universal) == nil, "a class file of Java")
  }

  @Test func aCompoundFileEndsWithItsLastUsedSector() {
    var file = [UInt8](zeros: 4 * 512)
    file.write([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], at: 0)
    file.write(little: UInt16(3), at: 26)
    file.write(little: UInt16(0xFFFE), at: 28)
    file.write(little: UInt16(9), at: 30)
    file.write(little: UInt32(1), at: 44)
    file.write(little: UInt32(1), at: 76)
    for sector in 0..<128 {
      file.write(little: sector < 3 ? UInt32(0) : .max, at: 1024 + 4 * sector)
    }
    #expect(
      CarvedHeader(of: file)?.kind == .compoundFile && CarvedHeader(of: file)?.length == 4 * 512)
    // The table lies behind the file, or an index of it leads to itself.
    file.write(little: UInt32(9), at: 76)
    #expect(CarvedHeader(of: file) == nil)
    file.write(little: UInt32(1 << 16), at: 44)
    file.write(little: UInt32(0), at: 68)
    file.write(little: UInt32(0), at: 512 + 508)
    #expect(CarvedHeader(of: file)?.length ?? 0 <= 4 << 30)
  }

  // MARK: Damage

  /// A header may contain anything: reads stay inside its bytes, and lengths inside the limit.
  @Test func damagedHeadersAreHarmless() {
    var random = SeededGenerator(seed: 5)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = random.pick(Self.files).bytes
      for _ in 0..<random.number(1...8) {
        let place = random.number(0...min(bytes.count - 1, 600))
        bytes[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(random.number(0...255))])
      }
      bytes.removeLast(random.number(0...(bytes.count - 1)))
      let header = CarvedHeader(of: bytes)
      if let header { #expect(header.length > 0 && header.length <= 4 << 30) } else { refused += 1 }
    }
    #expect(refused > 1000)
  }
}

extension CarvedHeader {
  /// The header of a complete file.
  fileprivate init?(of bytes: [UInt8]) {
    let header = bytes.prefix(Self.headLength).withUnsafeBytes { head in
      CarvedHeader(head) { offset, count in
        guard offset <= UInt64(bytes.count), UInt64(count) <= UInt64(bytes.count) - offset else {
          return nil
        }
        return Array(bytes[Int(offset)..<(Int(offset) + count)])
      }
    }
    guard let header else { return nil }
    self = header
  }
}
