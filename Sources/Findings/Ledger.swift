public import Evidence

/// The account of a scan: every item has one outcome, and the counts add up.
public struct Ledger: Hashable, Sendable {
  /// Items with a match.
  public private(set) var matched = 0
  /// Items without a match, read to the end.
  public private(set) var clean = 0
  /// Items left out, by reason.
  public private(set) var skipped: [ItemProblem.Reason: Int] = [:]
  /// Items tried in vain, by reason.
  public private(set) var failed: [ItemProblem.Reason: Int] = [:]
  /// What was passed by without being an item.
  public private(set) var ignored: [IgnoredKind: Int] = [:]
  /// Bytes of the items, whether read or not.
  public private(set) var bytesPresent: UInt64 = 0
  /// Bytes that were read.
  public private(set) var bytesRead: UInt64 = 0
  /// Items that their size and first bytes excluded.
  public private(set) var excludedByGate = 0
  /// Items that were searched, and held nothing that a rule needs.
  public private(set) var excludedBySieve = 0
  /// Items whose conditions libyara worked out without a search.
  public private(set) var evaluatedWithoutScan = 0
  /// Items that libyara scanned.
  public private(set) var scannedByLibyara = 0
  /// Items that libyara scanned though the sieve had answered for them, to check it.
  public private(set) var verified = 0
  /// Items of those where libyara said otherwise: a defect of the sieve.
  public private(set) var sieveDifferences = 0

  /// Items that matched though they were not read to the end.
  public private(set) var partlyRead = 0

  /// An empty account.
  public init() {}

  /// Every item that was met.
  public var seen: Int { matched + clean + skippedCount + failedCount }
  /// Items left out.
  public var skippedCount: Int { skipped.values.reduce(0, +) }
  /// Items tried in vain.
  public var failedCount: Int { failed.values.reduce(0, +) }
  /// Whether every item was read to the end.
  public var isComplete: Bool { skippedCount == 0 && failedCount == 0 && partlyRead == 0 }

  /// Enters one item.
  public mutating func enter(_ outcome: Outcome) {
    switch outcome {
    case .matched: matched += 1
    case .clean: clean += 1
    case .notScanned(let reason) where reason.isSkip: skipped[reason, default: 0] += 1
    case .notScanned(let reason): failed[reason, default: 0] += 1
    }
  }

  /// Counts something that is not an item.
  public mutating func ignore(_ kind: IgnoredKind) { ignored[kind, default: 0] += 1 }

  /// Counts the bytes of one item: those it has, and those that were read of it.
  public mutating func count(present: UInt64, read: UInt64) {
    bytesPresent += present
    bytesRead += read
  }

  /// Counts an item that matched and was not read to the end; its outcome is entered apart.
  public mutating func countPartial() { partlyRead += 1 }

  /// Counts a check of the sieve.
  public mutating func countVerification(isDifferent: Bool) {
    verified += 1
    if isDifferent { sieveDifferences += 1 }
  }

  /// How the answer for an item was found.
  public enum Way: Hashable, Sendable {
    case excludedByGate, excludedBySieve, evaluatedWithoutScan, scannedByLibyara
  }

  /// Counts the way to an answer.
  public mutating func count(_ way: Way) {
    switch way {
    case .excludedByGate: excludedByGate += 1
    case .excludedBySieve: excludedBySieve += 1
    case .evaluatedWithoutScan: evaluatedWithoutScan += 1
    case .scannedByLibyara: scannedByLibyara += 1
    }
  }
}
