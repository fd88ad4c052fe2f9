import CTrawl
import Evidence
import Findings

extension Arena {
  func summary(_ summary: Summary) -> trawl_summary {
    let ledger = summary.ledger
    var structure = trawl_summary()
    structure.ledger = trawl_ledger(ledger)
    structure.is_complete = summary.isComplete.flag
    structure.was_interrupted = summary.wasInterrupted.flag
    structure.seconds = summary.seconds
    (structure.skipped, structure.skipped_count) = counts(
      ledger.skipped.map { ($0.key.rawValue, $0.value) })
    (structure.failed, structure.failed_count) = counts(
      ledger.failed.map { ($0.key.rawValue, $0.value) })
    (structure.ignored, structure.ignored_count) = counts(
      ledger.ignored.map { ($0.key.rawValue, $0.value) })
    structure.media = array(summary.media.map(medium))
    structure.medium_count = summary.media.count
    return structure
  }

  private func medium(_ medium: MediumAccount) -> trawl_medium {
    trawl_medium(
      evidence: text(medium.evidence), size: medium.size, items: medium.items,
      metadata: medium.metadata, slack: medium.slack, carved: medium.carved,
      unallocated: medium.unallocated, gaps: medium.gaps, unread: medium.unread,
      known_zeros: medium.knownZeros, is_verified: (medium.verification != nil).flag,
      is_sound: (medium.verification?.isSound ?? false).flag)
  }
}

extension trawl_ledger {
  /// Copies an account.
  init(_ ledger: Ledger) {
    self.init(
      seen: UInt64(ledger.seen), matched: UInt64(ledger.matched), clean: UInt64(ledger.clean),
      skipped: UInt64(ledger.skippedCount), failed: UInt64(ledger.failedCount),
      partly_read: UInt64(ledger.partlyRead), bytes_present: ledger.bytesPresent,
      bytes_read: ledger.bytesRead, excluded_by_gate: UInt64(ledger.excludedByGate),
      excluded_by_sieve: UInt64(ledger.excludedBySieve),
      evaluated_without_scan: UInt64(ledger.evaluatedWithoutScan),
      scanned_by_libyara: UInt64(ledger.scannedByLibyara), verified: UInt64(ledger.verified),
      sieve_differences: UInt64(ledger.sieveDifferences))
  }
}
