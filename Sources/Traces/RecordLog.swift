import Bytes
package import Evidence

/// A log beside a file at a known place, with changes that are not in that file yet, or that it must lose.
package struct RecordLog: Hashable, Sendable {
  /// Kind of a log, by the end of its name.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// First and second transaction log of a registry hive.
    case first = ".LOG1"
    case second = ".LOG2"
    /// The only one, of old systems.
    case single = ".LOG"
    /// Write-ahead log of a database of SQLite.
    case writeAhead = "-wal"
    /// Rollback journal of a database of SQLite.
    case rollback = "-journal"

    /// Whether it is a transaction log of a registry hive.
    var isOfHive: Bool { self != .writeAhead && self != .rollback }

    /// Order in which logs are considered.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// Kind of the log.
  package let kind: Kind
  /// The file that it belongs to.
  package let file: RecordFile
}

/// Name of a file at a known place, by which its logs are found.
package struct RecordFile: Hashable, Sendable {
  private let evidence: [UInt8]?
  private let volume: Volume?
  /// Ignoring case, as the systems do that write these files.
  private let path: [UInt8]
  private let isDeleted: Bool

  fileprivate init(_ locator: Locator, _ path: some Sequence<UInt8>) {
    // A path outside of an image is absolute, or relative to one folder.
    evidence = locator.volume == nil ? nil : locator.evidence.bytes
    volume = locator.volume
    self.path = path.map(\.lowercase)
    isDeleted = locator.state == .deleted || locator.state == .orphan
  }

  /// The file at `locator`.
  package init(at locator: Locator) { self.init(locator, locator.path.bytes) }
}

extension Locator {
  /// Log that the item is, by the end of its path; nil for most items.
  package var recordLog: RecordLog? {
    // Called for every item: one byte excludes most.
    let bytes = path.bytes
    guard let last = bytes.last, "12gGlL".utf8.contains(last), stream == nil, state != .slack,
      state != .carved
    else { return nil }
    for kind in RecordLog.Kind.allCases {
      let suffix = kind.rawValue.utf8
      guard bytes.count > suffix.count,
        zip(bytes.suffix(suffix.count), suffix).allSatisfy({ $0.lowercase == $1.lowercase })
      else { continue }
      let name = bytes.dropLast(suffix.count)
      guard
        name.withUnsafeBufferPointer({ KnownPlace.place(at: $0) })?.logs.contains(kind) == true
      else { return nil }
      return RecordLog(kind: kind, file: RecordFile(self, name))
    }
    return nil
  }
}
