import Dispatch
import Glibc
import Locks

/// Keeps large mappings from filling memory. A scan reads a mapping once, forwards; the pages
/// behind it stay resident without need and count as ours (`yara` holds 1 GB in a tree with
/// large files). While large mappings exist, a timer drops their pages; on the next access the
/// kernel restores a page from its cache with the same bytes.
final class ResidencyLimit: Sendable {
  static let shared = ResidencyLimit()

  /// Size in bytes below which mappings are ignored.
  private let smallest = 16 << 20
  private let period = DispatchTimeInterval.milliseconds(25)
  private let queue = DispatchQueue(label: "trawl.residency")

  private struct State {
    var regions: [UInt: Int] = [:]
    var isRunning = false
  }
  private let state = Locked(State())

  func register(_ region: UnsafeRawBufferPointer) {
    guard region.count >= smallest else { return }
    let mustStart = state.withLock { state in
      state.regions[UInt(bitPattern: region.baseAddress)] = region.count
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart { scheduleDrop() }
  }

  /// Returns only when no drop of `region` is in progress, so that its owner may unmap it.
  func unregister(_ region: UnsafeRawBufferPointer) {
    guard region.count >= smallest else { return }
    state.withLock { state in
      state.regions[UInt(bitPattern: region.baseAddress)] = nil
    }
  }

  private func scheduleDrop() {
    queue.asyncAfter(deadline: .now() + period) { [self] in
      let goesOn = state.withLock { state in
        for (base, count) in state.regions {
          madvise(UnsafeMutableRawPointer(bitPattern: base), count, MADV_DONTNEED)
        }
        state.isRunning = !state.regions.isEmpty
        return state.isRunning
      }
      if goesOn { scheduleDrop() }
    }
  }
}
