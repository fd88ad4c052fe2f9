import Bytes
import Evidence
import Glibc
import Synchronization

/// Reads every item's complete content, on the thread that pushes it, in one of two ways.
final class ReadingReceiver: ItemReceiver {
  /// Method of making content one contiguous buffer.
  enum Way: CaseIterable {
    /// Read into a reused buffer.
    case buffered
    /// Mapped for this item.
    case mapped
  }

  private struct State {
    var buffers: [Buffer] = []
    var count = 0
    var problem: String?
  }
  private let way: Way
  private let capacity: Int
  private let state = Mutex(State())

  /// Creates a receiver for items of up to `capacity` bytes.
  init(_ way: Way, capacity: Int) {
    self.way = way
    self.capacity = capacity
  }

  /// Returns and resets the failure since the last call, if `total` bytes should have been seen
  /// since then.
  func takeFailure(expecting total: Int) -> String? {
    state.withLock { state in
      defer { (state.count, state.problem) = (0, nil) }
      return state.problem ?? (state.count == total ? nil : "saw \(state.count) of \(total) bytes")
    }
  }

  func receive(_ item: Item) {
    do throws(ItemProblem) {
      let content = try item.content.open()
      let count = Int(content.facts.size)
      switch way {
      case .buffered: try read(content, count)
      case .mapped: try map(content, count)
      }
      state.withLock { $0.count += count }
    } catch {
      report(error, at: item.locator)
    }
  }

  func report(_ problem: ItemProblem, at locator: Locator) {
    state.withLock { $0.problem = "\(locator.path.shown): \(problem.message)" }
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  var isCancelled: Bool { false }

  private func read(_ content: any OpenContent, _ count: Int) throws(ItemProblem) {
    let buffer = state.withLock { $0.buffers.popLast() } ?? Buffer(capacity: capacity)
    defer { state.withLock { $0.buffers.append(buffer) } }
    let filled = try content.read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer.memory[..<count]), at: 0)
    Pass.over(UnsafeRawBufferPointer(rebasing: buffer.memory[..<filled]))
  }

  private func map(_ content: any OpenContent, _ count: Int) throws(ItemProblem) {
    guard case .descriptor(let number) = content.residence else {
      throw ItemProblem(.unsupported, "cannot be mapped")
    }
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, number, 0), base != MAP_FAILED else {
      throw ItemProblem(.unreadable, "cannot be mapped")
    }
    madvise(base, count, MADV_SEQUENTIAL)
    Pass.over(UnsafeRawBufferPointer(start: base, count: count))
    munmap(base, count)
  }
}

/// Memory of one worker at a time.
private final class Buffer: @unchecked Sendable {
  let memory: UnsafeMutableRawBufferPointer

  init(capacity: Int) { memory = .allocate(byteCount: capacity, alignment: 4096) }

  deinit { memory.deallocate() }
}
