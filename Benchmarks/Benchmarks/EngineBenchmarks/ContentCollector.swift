import Bytes
import Evidence
import Synchronization

/// Collects the content of items in memory up to a number of bytes. Files larger than a 64th of
/// that are omitted, so that the collection is a mixture.
final class ContentCollector: ItemReceiver {
  private struct State {
    var contents: [(name: RawPath, bytes: [UInt8])] = []
    var room: Int
  }
  private let state: Mutex<State>
  private let largest: UInt64

  /// Creates a collector of about `capacity` bytes.
  init(capacity: Int) {
    state = Mutex(State(room: capacity))
    largest = UInt64(capacity / 64)
  }

  /// Contents kept, in order of their names.
  var contents: [(name: RawPath, bytes: [UInt8])] {
    state.withLock { $0.contents.sorted { $0.name < $1.name } }
  }

  func receive(_ item: Item) {
    do throws(ItemProblem) {
      let content = try item.content.open()
      guard content.facts.size <= largest else { return }
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Int(content.facts.size), alignment: 1)
      defer { memory.deallocate() }
      let count = try content.read(into: memory, at: 0)
      let bytes = Array(memory[..<count])
      state.withLock { state in
        state.contents.append((item.locator.path, bytes))
        state.room -= count
      }
    } catch {
      report(error, at: item.locator)
    }
  }

  func report(_ problem: ItemProblem, at locator: Locator) {}
  func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
  var isCancelled: Bool { state.withLock { $0.room <= 0 } }
}
