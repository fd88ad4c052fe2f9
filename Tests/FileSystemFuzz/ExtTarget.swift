import TestSupport

/// An ext image to be damaged, with the locations of its metadata.
struct ExtTarget: Target {
  let name: String
  let bytes: [UInt8]
  /// Uninitialised extents, the magic of a node, the lengths of entries.
  let halfWords = [0x8001, 0xF30A, 12, 60]
  private let blockSize: Int
  private let inodeSize: Int
  /// Offset of the first group's inodes.
  private let inodeTable: Int
  /// Offsets of the group descriptors, of extent tree blocks, and of directories.
  private let descriptors: Int
  private let blocks: [Int]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    let size = 1024 << number(1024 + 24, 1)
    blockSize = size
    inodeSize = number(1024 + 88, 2) == 0 ? 128 : number(1024 + 88, 2)
    descriptors = size == 1024 ? 2048 : size
    inodeTable = number(descriptors + 8, 4) * size
    blocks = stride(from: 0, to: bytes.count - size, by: size).filter { place in
      let isNode = number(place, 2) == 0xF30A
      let isDirectory = number(place + 4, 4) == 0x0201_000C && bytes[place + 8] == 0x2E
      // A later block of a directory: a name of letters, in an entry of a likely length.
      let isNames =
        number(place, 4) < 20_000 && (12..<64).contains(number(place + 4, 2))
        && bytes[place + 7] == 1 && bytes[place + 8] > 0x20
      return isNode || isDirectory || isNames
    }
  }

  func place(_ random: inout SeededGenerator) -> Int {
    let place: Int
    switch random.number(0...9) {
    case 0: place = 1024 + random.number(0...671)
    case 1: place = descriptors + random.number(0...511)
    case 2...5:
      // Most files of these images are among the first inodes.
      let inode = random.oneIn(2) ? random.number(0...30) : random.number(0...400)
      let field = random.pick([0, 4, 20, 26, 32, 34, 40, 42, 44, 46, 52, 54, 56, 60, 64, 108, 128])
      place =
        inodeTable + inode * inodeSize
        + (random.oneIn(2) ? field : random.number(0...(inodeSize - 1)))
    case 6...8 where !blocks.isEmpty:
      place =
        random.pick(blocks)
        + (random.oneIn(2) ? random.number(0...63) : random.number(0...(blockSize - 1)))
    default: place = random.number(0...(bytes.count - 1))
    }
    return min(max(0, place), bytes.count - 1)
  }

  func foreignBytes(at place: Int, _ random: inout SeededGenerator) -> [UInt8] {
    // Another inode, another node.
    let from =
      random.oneIn(2)
      ? inodeTable + random.number(0...40) * inodeSize : random.pick([place] + blocks)
    let count = random.pick([4, 12, 60, inodeSize])
    return Array(bytes[min(from, bytes.count)..<min(from + count, bytes.count)])
  }
}
