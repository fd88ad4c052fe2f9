import Evidence

extension Ledger {
  /// Counts under the names that they have in JSON Lines, with a prefix for those by reason or kind.
  package var counts: [(name: String, value: UInt64)] {
    var counts: [(String, UInt64)] = [
      ("matched", UInt64(matched)), ("clean", UInt64(clean)),
      ("partly_read", UInt64(partlyRead)), ("bytes_present", bytesPresent),
      ("bytes_read", bytesRead), ("excluded_by_gate", UInt64(excludedByGate)),
      ("excluded_by_sieve", UInt64(excludedBySieve)),
      ("evaluated_without_scan", UInt64(evaluatedWithoutScan)),
      ("scanned_by_libyara", UInt64(scannedByLibyara)), ("sieve_verified", UInt64(verified)),
      ("sieve_differences", UInt64(sieveDifferences)),
    ]
    for reason in ItemProblem.Reason.allCases {
      if let count = skipped[reason] {
        counts.append(("skipped." + reason.rawValue, UInt64(count)))
      }
      if let count = failed[reason] { counts.append(("failed." + reason.rawValue, UInt64(count))) }
    }
    for kind in IgnoredKind.allCases {
      if let count = ignored[kind] { counts.append(("ignored." + kind.rawValue, UInt64(count))) }
    }
    for kind in ArchiveKind.allCases {
      if let count = left[kind] { counts.append(("archives." + kind.rawValue, UInt64(count))) }
    }
    return counts
  }

  /// Creates an account from ``counts``; unknown names do not count.
  package init(counts: [String: UInt64]) {
    self.init()
    func count(_ name: String) -> Int { Int(clamping: counts[name] ?? 0) }
    matched = count("matched")
    clean = count("clean")
    partlyRead = count("partly_read")
    bytesPresent = counts["bytes_present"] ?? 0
    bytesRead = counts["bytes_read"] ?? 0
    excludedByGate = count("excluded_by_gate")
    excludedBySieve = count("excluded_by_sieve")
    evaluatedWithoutScan = count("evaluated_without_scan")
    scannedByLibyara = count("scanned_by_libyara")
    verified = count("sieve_verified")
    sieveDifferences = count("sieve_differences")
    for reason in ItemProblem.Reason.allCases {
      if counts["skipped." + reason.rawValue] != nil {
        skipped[reason] = count("skipped." + reason.rawValue)
      }
      if counts["failed." + reason.rawValue] != nil {
        failed[reason] = count("failed." + reason.rawValue)
      }
    }
    for kind in ArchiveKind.allCases where counts["archives." + kind.rawValue] != nil {
      left[kind] = count("archives." + kind.rawValue)
    }
    for kind in IgnoredKind.allCases where counts["ignored." + kind.rawValue] != nil {
      ignored[kind] = count("ignored." + kind.rawValue)
    }
  }
}
