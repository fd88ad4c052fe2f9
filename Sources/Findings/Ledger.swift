public import Evidence

/// Account of a scan: every item has one outcome, and the counts add up.
public struct Ledger: Hashable, Sendable, Codable {
  /// Items with a match.
  public internal(set) var matched = 0
  /// Items without a match, read to the end.
  public internal(set) var clean = 0
  /// Items skipped, by reason.
  public internal(set) var skipped: [ItemProblem.Reason: Int] = [:]
  /// Items that failed, by reason.
  public internal(set) var failed: [ItemProblem.Reason: Int] = [:]
  /// Counts of entries that were ignored because they are not items.
  public internal(set) var ignored: [IgnoredKind: Int] = [:]
  /// Archives that the policy does not open, by kind.
  public internal(set) var left: [ArchiveKind: Int] = [:]
  /// Bytes of the items, whether read or not.
  public internal(set) var bytesPresent: UInt64 = 0
  /// Bytes that were read.
  public internal(set) var bytesRead: UInt64 = 0
  /// Items excluded by size and first bytes.
  public internal(set) var excludedByGate = 0
  /// Items that were searched and contain no required literal.
  public internal(set) var excludedBySieve = 0
  /// Items whose conditions libyara evaluated without a search.
  public internal(set) var evaluatedWithoutScan = 0
  /// Items that libyara scanned.
  public internal(set) var scannedByLibyara = 0
  /// Items that libyara scanned to verify the sieve's answer.
  public internal(set) var verified = 0
  /// Verified items for which libyara's answer differed: a defect of the sieve.
  public internal(set) var sieveDifferences = 0

  /// Items that matched although they were not read to the end.
  public internal(set) var partlyRead = 0

  /// Creates an empty account.
  public init() {}

  /// Total number of items.
  public var seen: Int { matched + clean + skippedCount + failedCount }
  /// Number of items skipped.
  public var skippedCount: Int { skipped.values.reduce(0, +) }
  /// Number of items that failed.
  public var failedCount: Int { failed.values.reduce(0, +) }
  /// Whether every item was read to the end.
  public var isComplete: Bool { skippedCount == 0 && failedCount == 0 && partlyRead == 0 }

  /// Counts the outcome of one item.
  public mutating func enter(_ outcome: Outcome) {
    switch outcome {
    case .matched: matched += 1
    case .clean: clean += 1
    case .notScanned(let reason) where reason.isSkip: skipped[reason, default: 0] += 1
    case .notScanned(let reason): failed[reason, default: 0] += 1
    }
  }

  /// Counts an ignored entry.
  public mutating func ignore(_ kind: IgnoredKind) { ignored[kind, default: 0] += 1 }

  /// Counts an archive that is not opened.
  public mutating func leave(_ kind: ArchiveKind) { left[kind, default: 0] += 1 }

  /// Counts the bytes of one item: its size, and the bytes read.
  public mutating func count(present: UInt64, read: UInt64) {
    bytesPresent = Self.sum(bytesPresent, present)
    bytesRead += read
  }

  /// The sizes of members of archives are claims, and may be anything.
  private static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let (sum, overflow) = one.addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// Counts an item that matched and was not read to the end; its outcome is counted separately.
  public mutating func countPartial() { partlyRead += 1 }

  /// Counts a verification of the sieve.
  public mutating func countVerification(isDifferent: Bool) {
    verified += 1
    if isDifferent { sieveDifferences += 1 }
  }

  /// Adds the counts of another account.
  public mutating func add(_ other: Ledger) {
    matched += other.matched
    clean += other.clean
    if !other.skipped.isEmpty { skipped.merge(other.skipped, uniquingKeysWith: +) }
    if !other.failed.isEmpty { failed.merge(other.failed, uniquingKeysWith: +) }
    if !other.ignored.isEmpty { ignored.merge(other.ignored, uniquingKeysWith: +) }
    if !other.left.isEmpty { left.merge(other.left, uniquingKeysWith: +) }
    bytesPresent = Self.sum(bytesPresent, other.bytesPresent)
    bytesRead += other.bytesRead
    excludedByGate += other.excludedByGate
    excludedBySieve += other.excludedBySieve
    evaluatedWithoutScan += other.evaluatedWithoutScan
    scannedByLibyara += other.scannedByLibyara
    verified += other.verified
    sieveDifferences += other.sieveDifferences
    partlyRead += other.partlyRead
  }

  /// Stage that produced the answer for an item.
  public enum Way: Hashable, Sendable {
    case excludedByGate, excludedBySieve, evaluatedWithoutScan, scannedByLibyara
  }

  /// Counts the stage that produced an answer.
  public mutating func count(_ way: Way) {
    switch way {
    case .excludedByGate: excludedByGate += 1
    case .excludedBySieve: excludedBySieve += 1
    case .evaluatedWithoutScan: evaluatedWithoutScan += 1
    case .scannedByLibyara: scannedByLibyara += 1
    }
  }
}
