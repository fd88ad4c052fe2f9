internal import CYara

/// A piece of memory at an address.
public struct MemoryBlock: Hashable, Sendable {
  /// The address of the first byte; offsets of matches count from address 0.
  public let base: UInt64
  /// The bytes.
  public let bytes: [UInt8]

  /// A block of `bytes` at `base`.
  public init(base: UInt64, bytes: [UInt8]) {
    self.base = base
    self.bytes = bytes
  }
}

/// Iterates over blocks for libyara during one scan.
final class BlockIteration {
  private let blocks: [MemoryBlock]
  private let fileSize: UInt64?
  private let storage: UnsafeMutableBufferPointer<UInt8>
  private var starts: [Int] = []
  private var position = 0
  private let current: UnsafeMutablePointer<YR_MEMORY_BLOCK>

  init(_ blocks: [MemoryBlock], fileSize: UInt64?) {
    // Modules use the first block without checking that it exists (math.c of 4.2.3).
    let blocks = blocks.isEmpty ? [MemoryBlock(base: 0, bytes: [])] : blocks
    self.blocks = blocks
    self.fileSize = fileSize
    // One copy at a fixed address: modules keep pointers into earlier blocks.
    storage = .allocate(capacity: max(1, blocks.reduce(0) { $0 + $1.bytes.count }))
    var start = 0
    for block in blocks {
      starts.append(start)
      _ = storage[start...].update(fromContentsOf: block.bytes)
      start += block.bytes.count
    }
    current = .allocate(capacity: 1)
    current.initialize(to: YR_MEMORY_BLOCK())
  }

  deinit {
    storage.deallocate()
    current.deallocate()
  }

  func scan(with scanner: UnsafeMutablePointer<YR_SCANNER>) -> Int32 {
    var iterator = YR_MEMORY_BLOCK_ITERATOR()
    iterator.context = Unmanaged.passUnretained(self).toOpaque()
    iterator.first = { BlockIteration.from($0!.pointee.context).block(at: 0, $0!) }
    iterator.next = { iterator in
      let iteration = BlockIteration.from(iterator!.pointee.context)
      return iteration.block(at: iteration.position + 1, iterator!)
    }
    if fileSize != nil {
      iterator.file_size = { BlockIteration.from($0!.pointee.context).fileSize ?? 0 }
    }
    return withExtendedLifetime(self) { yr_scanner_scan_mem_blocks(scanner, &iterator) }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> BlockIteration {
    Unmanaged<BlockIteration>.fromOpaque(context!).takeUnretainedValue()
  }

  private func block(at index: Int, _ iterator: UnsafeMutablePointer<YR_MEMORY_BLOCK_ITERATOR>)
    -> UnsafeMutablePointer<YR_MEMORY_BLOCK>?
  {
    iterator.pointee.last_error = ERROR_SUCCESS
    guard index < blocks.count else { return nil }
    position = index
    current.pointee.base = blocks[index].base
    current.pointee.size = blocks[index].bytes.count
    current.pointee.context = UnsafeMutableRawPointer(storage.baseAddress! + starts[index])
    current.pointee.fetch_data = { block in
      UnsafePointer(block!.pointee.context.assumingMemoryBound(to: UInt8.self))
    }
    return current
  }
}
