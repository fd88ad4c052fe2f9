import CTrawl
import Evidence

/// Structs of places and times.
extension Arena {
  func locator(_ locator: Locator) -> trawl_locator {
    trawl_locator(
      evidence: text(locator.evidence), path: text(locator.path), stream: text(locator.stream),
      state: text(locator.state?.rawValue), volume: volume(locator.volume),
      runs: array(locator.runs.map { trawl_run(offset: $0.offset, length: $0.length) }),
      run_count: locator.runs.count)
  }

  func volume(_ volume: Volume?) -> UnsafePointer<trawl_volume>? {
    guard let volume else { return nil }
    return array([
      trawl_volume(
        index: UInt64(clamping: volume.index), start: volume.start, length: volume.length,
        type: text(volume.type), name: text(volume.name))
    ])
  }

  func time(_ time: Timestamp?) -> trawl_time {
    guard let time else { return trawl_time() }
    return trawl_time(seconds: time.seconds, nanoseconds: time.nanoseconds, is_known: 1)
  }

  /// Counts that are not zero, in order of their names.
  func counts(_ counts: [(name: String, count: Int)]) -> (UnsafePointer<trawl_count>?, Int) {
    let present = counts.filter { $0.count > 0 }.sorted { $0.name < $1.name }
    return (
      array(present.map { trawl_count(name: text($0.name), count: UInt64(clamping: $0.count)) }),
      present.count
    )
  }
}

extension Bool {
  /// The truth value of C.
  var flag: Int32 { self ? 1 : 0 }
}
