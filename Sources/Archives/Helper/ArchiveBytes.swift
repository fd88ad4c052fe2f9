import Glibc

/// Bytes of an archive as its reader asks for them, block by block. The last blocks are kept, since readers go back and forth between a directory and members.
final class ArchiveBytes {
  /// Bytes from an offset, fewer than so many only at the end; nil if they cannot be read.
  private let ask: (UInt64, Int) -> [UInt8]?
  let size: UInt64
  private var position: UInt64 = 0
  private var blocks: [Block] = []
  private var clock: UInt64 = 0

  private struct Block {
    var number: UInt64
    var count: Int
    var used: UInt64
    let memory: UnsafeMutableRawBufferPointer
  }

  static let blockLength = 256 << 10
  private static let mostBlocks = 16

  init(size: UInt64, _ ask: @escaping (UInt64, Int) -> [UInt8]?) {
    self.size = size
    self.ask = ask
  }

  deinit { for block in blocks { block.memory.deallocate() } }

  /// Bytes from the position to the end of their block, valid until the next call; empty at the end, nil if they
  /// cannot be read.
  func next() -> UnsafeRawBufferPointer? {
    guard position < size else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let number = position / UInt64(Self.blockLength)
    let start = Int(position % UInt64(Self.blockLength))
    guard let block = block(number), block.count > start else { return nil }
    let bytes = UnsafeRawBufferPointer(rebasing: block.memory[start..<block.count])
    position += UInt64(bytes.count)
    return bytes
  }

  /// Bytes from `offset`, fewer than `count` only at the end; nil if they cannot be read.
  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    position = min(offset, size)
    var bytes = [UInt8]()
    while bytes.count < count {
      guard let piece = next() else { return nil }
      guard !piece.isEmpty else { break }
      bytes.append(contentsOf: piece.prefix(count - bytes.count))
    }
    return bytes
  }

  /// Goes forward; returns by how much.
  func skip(_ count: Int64) -> Int64 {
    let count = min(UInt64(max(0, count)), size - position)
    position += count
    return Int64(count)
  }

  /// Goes to a position; returns it, or -1 for none.
  func seek(_ offset: Int64, _ origin: Int32) -> Int64 {
    let base =
      switch origin {
      case SEEK_SET: Int64(0)
      case SEEK_CUR: Int64(clamping: position)
      default: Int64(clamping: size)
      }
    let (target, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, target >= 0, UInt64(target) <= size else { return -1 }
    position = UInt64(target)
    return target
  }

  private func block(_ number: UInt64) -> Block? {
    clock += 1
    if let known = blocks.firstIndex(where: { $0.number == number }) {
      blocks[known].used = clock
      return blocks[known]
    }
    let offset = number * UInt64(Self.blockLength)
    let count = Int(min(UInt64(Self.blockLength), size - offset))
    guard let bytes = ask(offset, count) else { return nil }
    var block: Block
    if blocks.count < Self.mostBlocks {
      block = Block(
        number: number, count: 0, used: clock,
        memory: .allocate(byteCount: Self.blockLength, alignment: 16))
    } else {
      // The block that was lent last was used last, and stays.
      let oldest = blocks.indices.min { blocks[$0].used < blocks[$1].used }!
      block = blocks.remove(at: oldest)
    }
    block.memory.copyBytes(from: bytes)
    block.number = number
    block.count = bytes.count
    block.used = clock
    blocks.append(block)
    return block
  }
}
