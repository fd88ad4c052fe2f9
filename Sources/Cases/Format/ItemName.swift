import Evidence

/// Name of an item within a case: everything that distinguishes it from other items.
struct ItemName: Hashable, Sendable {
  /// Row of its evidence.
  let evidence: Int64
  /// Row of its volume; nil on a live file system.
  let volume: Int64?
  /// Path, in bytes.
  let path: [UInt8]
  /// Alternate data stream, in bytes.
  let stream: [UInt8]?
  let state: AllocationState?
  /// Keyed hash of the runs and of the number that the source gives to items with equal locators; nil if it has
  /// neither.
  let detail: UInt64?

  /// Keyed hash of the whole name.
  func fingerprint(_ key: SipHash.Key) -> UInt64 {
    var hash = SipHash(key)
    hash.add(UInt64(bitPattern: evidence))
    hash.add(UInt64(bitPattern: volume ?? 0))
    hash.add(UInt64(path.count) << 8 | UInt64(state?.number ?? 0))
    if let detail { hash.add(detail) }
    hash.add(path)
    if let stream { hash.add(stream) }
    return hash.finish()
  }

  /// Hash of the parts of a locator that a name does not spell out.
  static func detail(_ runs: [Run], _ discriminator: UInt64?, _ key: SipHash.Key) -> UInt64? {
    guard !runs.isEmpty || discriminator != nil else { return nil }
    var hash = SipHash(key)
    hash.add(discriminator ?? 0)
    for run in runs {
      hash.add(run.offset)
      hash.add(run.length)
    }
    return hash.finish()
  }
}

extension AllocationState {
  /// Number in packed items, from 1.
  var number: UInt8 {
    switch self {
    case .allocated: 1
    case .deleted: 2
    case .orphan: 3
    case .slack: 4
    case .carved: 5
    }
  }

  /// State with a number; nil for another number.
  init?(number: UInt8) {
    switch number {
    case 1: self = .allocated
    case 2: self = .deleted
    case 3: self = .orphan
    case 4: self = .slack
    case 5: self = .carved
    default: return nil
    }
  }
}
