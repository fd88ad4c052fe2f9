import Foundation
import TestSupport
import Testing

@testable import Containers
@testable import Images

/// Parts of carving, tested separately.
@Suite struct CarvingPartsTests {
  /// Compares sets of byte ranges with sets of numbers.
  @Test func rangesAreSetsOfBytes() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      func ranges() -> [Range<UInt64>] {
        (0..<random.number(0...6)).map { _ in
          let start = UInt64(random.number(0...90))
          return start..<(start + UInt64(random.number(0...30)))
        }
      }
      let (first, second) = (ranges(), ranges())
      let (a, b) = (ByteRanges(first, limit: 100), ByteRanges(second, limit: 100))
      let (x, y) = (
        Set(first.joined().filter { $0 < 100 }), Set(second.joined().filter { $0 < 100 })
      )
      func bytes(_ ranges: ByteRanges) -> Set<UInt64> { Set(ranges.ranges.joined()) }
      #expect(bytes(a) == x)
      #expect(a.count == UInt64(x.count))
      #expect(bytes(a.subtracting(b)) == x.subtracting(y))
      #expect(bytes(a.intersection(b)) == x.intersection(y))
      #expect(bytes(a.union(b)) == x.union(y))
      // In order, and none touches the next.
      for result in [a, a.subtracting(b), a.union(b)] {
        let ends = result.ranges.flatMap { [$0.lowerBound, $0.upperBound] }
        #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }

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

  /// A container of a few bytes may claim a medium of petabytes: known zeros take neither memory
  /// nor time.
  @Test func aMediumOfZerosIsPassedOver() {
    let size: UInt64 = 4 << 50
    let found = Carver(image: Zeros(size: size), isCancelled: { false }).carve([0..<size])
    #expect(found.knownZeros == size)
    #expect(found.files.isEmpty && found.unreadable.isEmpty)
  }

  private final class Zeros: MappedImage {
    let size: UInt64
    init(size: UInt64) { self.size = size }
    func piece(at offset: UInt64) -> Piece { Piece(.zeros, length: size - offset) }
  }

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

/// Number of carved files that may share a byte.
@Suite struct CarvingOverlapTests {
  private func file(_ range: Range<UInt64>, isWhole: Bool) -> CarvedFile {
    CarvedFile(range: range, kind: .portableExecutable, isWhole: isWhole)
  }

  @Test func headersThatClaimTheRestAreBoundedAndCounted() {
    var overlap = CarvingOverlap()
    let admitted = (0..<100 as Range<UInt64>).count {
      overlap.admits(file($0 * 512..<100_000, isWhole: false))
    }
    #expect(admitted == 8)
    #expect(overlap.refused == 92)
    #expect(overlap.range?.lowerBound == 4096)
    #expect(overlap.range?.upperBound == 100_000)
    // A complete file among them is carved nevertheless, and so are those that follow.
    let inside = overlap.admits(file(60_000..<61_000, isWhole: true))
    let behind = overlap.admits(file(100_000..<200_000, isWhole: false))
    #expect(inside && behind)
  }

  @Test func filesOneBehindTheOtherAreNeverRefused() {
    var overlap = CarvingOverlap()
    for number in 0..<1000 as Range<UInt64> {
      let isAdmitted = overlap.admits(file(number * 512..<(number + 1) * 512, isWhole: true))
      #expect(isAdmitted)
    }
    #expect(overlap.range == nil)
  }
}
