import FileSystems
import TestSupport
import Testing

/// Bytes of an XFS image of the fixture, to be changed.
struct XfsImage: CustomTestStringConvertible {
  /// Shown in a failure in place of all bytes.
  var testDescription: String { "an image" }
  var bytes: [UInt8]

  init(_ name: String) throws { bytes = try XfsFixture.bytes(name) }

  func number(_ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
  }

  mutating func write(_ number: UInt64, _ count: Int, at place: Int) {
    for index in 0..<count {
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - index)))
    }
  }

  var blockSize: Int { number(4, 4) }
  var sectorSize: Int { number(102, 2) }

  /// Offset of a block, by its number with a group.
  func place(ofBlock block: Int) -> Int {
    let bits = Int(bytes[124])
    return (block >> bits * number(84, 4) + block & (1 << bits - 1)) * blockSize
  }

  /// Offset of an inode.
  func place(_ inode: UInt64) -> Int {
    let bits = Int(bytes[123])
    return place(ofBlock: Int(inode) >> bits) + Int(inode) & (1 << bits - 1) * number(104, 2)
  }

  /// Offset of an inode's data fork.
  func fork(_ inode: UInt64) -> Int { place(inode) + (bytes[place(inode) + 4] == 3 ? 176 : 100) }

  /// Offset of the directory entry with this name, which begins with the inode.
  func entry(named name: String) throws -> Int {
    let wanted = [UInt8(name.utf8.count)] + Array(name.utf8)
    for place in stride(from: 0, to: bytes.count - wanted.count - 8, by: 8)
    where bytes[place + 8] == wanted[0] {
      if bytes[(place + 8)..<(place + 8 + wanted.count)].elementsEqual(wanted) { return place }
    }
    throw Missing(what: name)
  }

  func listing() throws -> FileSystemListing {
    guard let listing = try FileSystemListing(bytes) else { throw Missing(what: "a file system") }
    return listing
  }

  private struct Missing: Error { let what: String }
}
