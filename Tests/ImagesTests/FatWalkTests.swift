import Bytes
import Evidence
import FileSystems
import Foundation
import TestSupport
import Testing

/// The reader of FAT on volumes that mkfs.fat and mtools made, undamaged and damaged. Oracles:
/// what went in, fls, and fsck.vfat.
@Suite struct FatWalkTests {
  static let kinds = ["fat12", "fat16", "fat32"]

  /// A volume with `/D/F1` to `/D/F8` of different sizes, a long name, and a deleted file.
  private struct Image {
    var bytes: [UInt8]
    let folder: TemporaryDirectory

    init(_ kind: String) throws {
      folder = try TemporaryDirectory()
      let script = """
        set -e; cd \(folder.path); export PATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1; mkdir t
        for n in 1 2 3 4 5 6 7 8; do seq $n 9000 | head -c $((n*n*300+1)) >t/F$n; done
        long=$(printf 'a%.0s' $(seq 250)).sys; cp t/F7 t/$long; cp t/F6 t/gone.sys
        case \(kind) in
        fat12) mkfs.fat -C -F 12 image 1440;;
        fat16) mkfs.fat -C -F 16 -s 1 image 8192;;
        fat32) mkfs.fat -C -F 32 -s 1 image 36000;;
        esac >/dev/null
        mmd -i image ::/D; mcopy -i image t/F? ::/D; mcopy -i image t/$long t/gone.sys ::/; mdel -i image ::/gone.sys
        """
      try ContainerFixtures.run("bash", ["-c", script])
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/image")))
    }

    func number(_ place: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// Offset and length in bytes of the first table.
    var table: Range<Int> {
      let sectors = number(22, 2) == 0 ? number(36, 4) : number(22, 2)
      return number(14, 2) * 512..<(number(14, 2) + sectors) * 512
    }

    /// Offset of the entry with a short name in its form on the disk.
    func entry(_ name: String) throws -> Int {
      let wanted = Array(name.utf8)
      return try #require(
        stride(from: table.upperBound, to: bytes.count - 32, by: 32).first {
          bytes[$0..<($0 + 11)].elementsEqual(wanted) && bytes[$0 + 11] & 0x0F != 0x0F
        })
    }

    func content(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/t/" + name)))
    }

    /// First cluster of the file with an entry.
    func first(_ entry: Int) -> Int { number(entry + 26, 2) }

    /// Points a cluster at another one, in both tables.
    mutating func chain(_ cluster: Int, to next: Int, _ kind: String) {
      for copy in [table.lowerBound, table.upperBound] {
        switch kind {
        case "fat12":
          let place = copy + cluster * 3 / 2
          let old = Int(bytes[place]) | Int(bytes[place + 1]) << 8
          let new = cluster % 2 == 0 ? old & 0xF000 | next : old & 0xF | next << 4
          (bytes[place], bytes[place + 1]) = (UInt8(new & 0xFF), UInt8(new >> 8))
        case "fat16":
          let place = copy + cluster * 2
          (bytes[place], bytes[place + 1]) = (UInt8(next & 0xFF), UInt8(next >> 8))
        default:
          let place = copy + cluster * 4
          for index in 0..<4 { bytes[place + index] = UInt8(next >> (8 * index) & 0xFF) }
        }
      }
    }

    func listing() throws -> FileSystemListing { try #require(try FileSystemListing(bytes)) }

    /// The content of a listed file.
    func content(of file: FileSystemListing.File) throws -> [UInt8] {
      try #require(file.extents).flatMap { place, length in
        place.map { Array(bytes[Int($0)..<Int($0 + length)]) }
          ?? [UInt8](repeating: 0, count: Int(length))
      }
    }
  }

  private func file(_ path: String, _ listing: FileSystemListing) throws -> FileSystemListing.File {
    try #require(listing.files.first { $0.path == RawPath(path) }, "\(listing.files.map(\.path))")
  }

  @Test(arguments: kinds) func everythingIsListedAsItWentIn(_ kind: String) throws {
    let image = try Image(kind)
    let listing = try image.listing()
    #expect(listing.problems.isEmpty)
    for number in 1...8 {
      let file = try file("/D/F\(number)", listing)
      #expect(file.state == .allocated)
      #expect(try image.content(of: file) == image.content("F\(number)"))
    }
    let gone = try file("/_one.sys", listing)
    #expect(gone.state == .deleted)
    #expect(try image.content(of: gone) == image.content("F6"))
    // The Sleuth Kit cuts names behind 247 characters.
    let long = try file("/" + String(repeating: "a", count: 250) + ".sys", listing)
    #expect(try image.content(of: long) == image.content("F7"))
    #expect(listing.files.count == 10)
    // The numbers are those of The Sleuth Kit.
    let names = try Subprocess.run("fls", ["-rpF", image.folder.path + "/image"]).lines
    for file in listing.files where file.path.bytes.count < 200 {
      let name = try #require(file.path.utf8?.dropFirst())
      #expect(names.contains { $0.contains(" \(file.inode):\t\(name)") }, "\(name): \(names)")
    }
  }

  /// Names that The Sleuth Kit passes over in silence.
  @Test(
    arguments: kinds, [" F4     SYS", ".F4     SYS", "F+[4]   SYS", "A B     SYS", "F4     :   "])
  func namesOfAnyCharactersAreListed(_ kind: String, _ name: String) throws {
    var image = try Image(kind)
    let entry = try image.entry("F4         ")
    image.bytes.replaceSubrange(entry..<(entry + 11), with: name.utf8)
    let listing = try image.listing()
    #expect(listing.problems.isEmpty)
    let content = try image.content("F4")
    #expect(
      try listing.files.contains { try $0.state == .allocated && image.content(of: $0) == content })
    #expect(listing.files.count == 10)
  }

  @Test(arguments: kinds) func aLongNameOfAnotherFileIsNotTaken(_ kind: String) throws {
    var image = try Image(kind)
    let entry = try image.entry("AAAAAA~1SYS")
    image.bytes.replaceSubrange(entry..<(entry + 11), with: "OTHER   BIN".utf8)
    let listing = try image.listing()
    #expect(try image.content(of: file("/OTHER.BIN", listing)) == image.content("F7"))
  }

  @Test(arguments: kinds) func aCircularChainEndsAndIsSaid(_ kind: String) throws {
    var image = try Image(kind)
    let first = image.first(try image.entry("F8         "))
    image.chain(first + 3, to: first + 1, kind)
    let listing = try image.listing()
    let file = try file("/D/F8", listing)
    #expect(file.size == 4 * 512)
    #expect(try image.content(of: file) == Array(image.content("F8").prefix(4 * 512)))
    #expect(listing.problems.map(\.path) == ["/D/F8"])
    #expect(listing.problems.first?.message.contains("contains a cycle") == true)
  }

  @Test(arguments: kinds) func aChainThatIsTooShortGivesWhatItHolds(_ kind: String) throws {
    for (next, words) in [(0, "free"), (0xFFF, "too early")] {
      var image = try Image(kind)
      let first = image.first(try image.entry("F8         "))
      let end = kind == "fat12" ? 0xFFF : kind == "fat16" ? 0xFFFF : 0x0FFF_FFFF
      image.chain(first + 3, to: next == 0 ? 0 : end, kind)
      let listing = try image.listing()
      #expect(try file("/D/F8", listing).size == 4 * 512)
      #expect(listing.problems.map(\.path) == ["/D/F8"])
      #expect(listing.problems.first?.message.contains(words) == true)
    }
  }

  /// fsck.vfat repairs the first table by the second one, and so finds nothing wrong with files.
  @Test(arguments: kinds) func aTableThatIsLostIsReplacedByItsCopy(_ kind: String) throws {
    let whole = try Image(kind)
    var image = whole
    // All but the first entries, which name the medium.
    for place in (image.table.lowerBound + 8)..<image.table.upperBound { image.bytes[place] = 0 }
    let listing = try image.listing()
    #expect(listing.problems.isEmpty)
    let files = try whole.listing().files
    #expect(listing.files.map(\.path) == files.map(\.path))
    #expect(listing.files.map(\.state) == files.map(\.state))
    #expect(listing.files.map(\.size) == files.map(\.size))
  }

  @Test(arguments: kinds) func tablesThatDifferAreSaid(_ kind: String) throws {
    var image = try Image(kind)
    let second = Array(image.bytes[image.table.upperBound..<image.table.upperBound + 512])
    let first = image.first(try image.entry("F8         "))
    // The first table has the chain in another order: both are whole.
    image.chain(first, to: first + 2, kind)
    image.chain(first + 2, to: first + 1, kind)
    image.chain(first + 1, to: first + 3, kind)
    image.bytes.replaceSubrange(
      image.table.upperBound..<(image.table.upperBound + 512), with: second)
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/D/F8"])
    #expect(listing.problems.first?.message.contains("differ") == true)
  }

  @Test(arguments: kinds) func aDirectoryThatContainsItselfEnds(_ kind: String) throws {
    var image = try Image(kind)
    let entry = try image.entry("F4         ")
    image.bytes[entry + 11] = 0x10
    let folder = try image.entry("D          ")
    for place in [20, 21, 26, 27] { image.bytes[entry + place] = image.bytes[folder + place] }
    let listing = try image.listing()
    #expect(listing.files.count == 9)
    #expect(listing.problems.map(\.path) == ["/D/F4"])
  }

  @Test(arguments: kinds) func entriesThatMakeNoSenseAreSaid(_ kind: String) throws {
    var image = try Image(kind)
    image.bytes[try image.entry("F4         ") + 11] = 0xE0
    let listing = try image.listing()
    #expect(listing.problems.map(\.path) == ["/D"])
    #expect(listing.problems.first?.message.contains("1 of its entries") == true)
  }
}
