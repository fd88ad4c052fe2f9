import TestSupport

/// An XFS image to be damaged: its superblock, group headers, trees, inodes and directories.
/// Wrong checksums do not prevent reading.
struct XfsTarget: Target {
  let name: String
  let bytes: [UInt8]
  let isBigEndian = true
  /// Unused space in a directory, levels, lengths of entries, the high part of a block number in
  /// a tree.
  let halfWords = [0xFFFF, 1, 2, 8, 16, 24, 0x8000, 0x01FF]
  private let sectorSize: Int
  private let blockSize: Int
  private let inodeSize: Int
  /// Offsets of inodes in use, of tree blocks, and of directory blocks.
  private let inodes: [Int]
  private let trees: [Int]
  private let directories: [Int]
  /// Offsets of the groups.
  private let groups: [Int]

  /// Nil if the image is not XFS.
  init?(name: String, bytes: [UInt8]) {
    guard bytes.count > 1 << 20, bytes.starts(with: "XFSB".utf8) else { return nil }
    self.name = name
    self.bytes = bytes
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let block = number(4, 4)
    blockSize = block
    sectorSize = number(102, 2)
    inodeSize = number(104, 2)
    groups = (0..<number(88, 4)).map { $0 * number(84, 4) * block }
    func places(_ size: Int, _ magics: [String]) -> [Int] {
      stride(from: 0, to: bytes.count - size, by: size).filter { place in
        magics.contains { bytes[place..<(place + $0.utf8.count)].elementsEqual($0.utf8) }
      }
    }
    inodes = places(inodeSize, ["IN"]).filter { bytes[$0 + 2] != 0 }
    trees = places(block, ["ABTB", "AB3B", "IABT", "IAB3", "BMAP", "BMA3"])
    directories = places(block, ["XD2B", "XD2D", "XDB3", "XDD3"])
  }

  func place(_ random: inout SeededGenerator) -> Int {
    let place: Int
    switch random.number(0...19) {
    case 0: place = random.number(0...255)
    case 1: place = random.pick(groups) + random.number(1...2) * sectorSize + random.number(0...95)
    case 2...9:
      // Directories and the files that have much metadata are among the first ones.
      let most = min(inodes.count, random.oneIn(2) ? 16 : random.oneIn(2) ? 400 : inodes.count)
      let field = random.pick([
        2, 4, 5, 6, 16, 24, 56, 60, 76, 82, 90, 120, 127, 152, 176, 180, 100,
      ])
      place =
        inodes[random.number(0...(most - 1))]
        + (random.oneIn(2) ? field : random.number(0...(inodeSize - 1)))
    case 10...13 where !trees.isEmpty:
      place =
        random.pick(trees)
        + (random.oneIn(2) ? random.number(0...95) : random.number(0...(blockSize - 1)))
    case 14...18 where !directories.isEmpty:
      place =
        random.pick(directories)
        + (random.oneIn(2) ? random.number(0...127) : random.number(0...(blockSize - 1)))
    default: place = random.number(0...(bytes.count - 1))
    }
    return min(max(0, place), bytes.count - 1)
  }

  func foreignBytes(at place: Int, _ random: inout SeededGenerator) -> [UInt8] {
    // Another inode or its fork, another block of a tree or a directory.
    let from =
      random.oneIn(2)
      ? random.pick(inodes) + random.pick([0, 0, 56, 100, 176])
      : random.pick([place] + trees + directories) + random.pick([0, 0, 16, 56, 64, 72])
    let count = random.pick([4, 8, 16, 64, inodeSize, blockSize])
    return Array(bytes[min(from, bytes.count)..<min(from + count, bytes.count)])
  }
}
