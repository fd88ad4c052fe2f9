internal import CYara

/// A block that libyara's string search does not see but modules do. The first request for the
/// first block returns none. Only the first, because `math` and `hash` of 4.2.3 use the first
/// block without checking that it exists.
struct HiddenBlock {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private struct State {
    var block = YR_MEMORY_BLOCK()
    var isShown = false
  }

  func scan(with scanner: UnsafeMutablePointer<YR_SCANNER>) -> Int32 {
    var state = State()
    state.block.size = bytes.count
    state.block.context = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    state.block.fetch_data = { block in
      UnsafePointer(block!.pointee.context?.assumingMemoryBound(to: UInt8.self))
    }
    return withUnsafeMutablePointer(to: &state) { state in
      var iterator = YR_MEMORY_BLOCK_ITERATOR()
      iterator.context = UnsafeMutableRawPointer(state)
      iterator.last_error = ERROR_SUCCESS
      iterator.first = { iterator in
        let state = iterator!.pointee.context.assumingMemoryBound(to: State.self)
        iterator!.pointee.last_error = ERROR_SUCCESS
        defer { state.pointee.isShown = true }
        return state.pointee.isShown
          ? UnsafeMutableRawPointer(state).advanced(by: MemoryLayout<State>.offset(of: \.block)!)
            .assumingMemoryBound(to: YR_MEMORY_BLOCK.self)
          : nil
      }
      iterator.next = { iterator in
        iterator!.pointee.last_error = ERROR_SUCCESS
        return nil
      }
      iterator.file_size = { iterator in
        let state = iterator!.pointee.context.assumingMemoryBound(to: State.self)
        return UInt64(state.pointee.block.size)
      }
      return yr_scanner_scan_mem_blocks(scanner, &iterator)
    }
  }
}
