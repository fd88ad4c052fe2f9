package import Evidence
package import Findings
package import Profiles

/// Records of a vendor's software in one file at a known place, and problems that kept it from
/// being read to the end.
package struct TraceReading: Sendable {
  /// Records: installations first, then packages, services and settings; at most 1,000.
  package let traces: [Trace]
  /// Limit of records kept for one file: no machine has as many products.
  static let mostTraces = 1000

  /// Reason why records may be missing; nil if the file was read to its end. Damage is
  /// `unreadable`; a hive whose transaction logs are missing is `unsupported`.
  package let problem: ItemProblem?
  /// Whether the last changes of the file are in logs that were not applied.
  package private(set) var needsLogs = false
  /// Ends of the names of the logs that were applied, in order.
  package private(set) var appliedLogs: [String] = []

  /// Reason that says what the applied logs did; nil if there were none.
  package var logReason: String? {
    guard !appliedLogs.isEmpty else { return nil }
    let names = appliedLogs.joined(separator: ", ")
    guard let first = RecordLog.Kind(rawValue: appliedLogs[0]) else { return nil }
    switch first {
    case .rollback:
      return
        "read without the changes of an unfinished transaction, by its rollback journal: \(names)"
    case .writeAhead: return "read with the changes in its write-ahead log: \(names)"
    default: return "read with the changes in its transaction logs: \(names)"
    }
  }

  /// Problem of a database whose log, which is no item of the scan, cannot be read with it.
  package static let logIsNotApplied = ItemProblem(
    .unsupported,
    "the log beside it (-wal, -journal) cannot be read: put both into one folder, and scan that"
  )
  /// Problems of a log whose database is not read with it.
  static let logHasNoDatabase = ItemProblem(
    .unsupported,
    "it holds the last changes of a database that is not beside it: put both into one folder, and scan that"
  )
  static let journalHasNoDatabase = ItemProblem(
    .unsupported,
    "it takes back the last changes of a database that is not beside it: put both into one folder, and scan that"
  )

  /// Reads a hive or a database with the changes in its `logs`; `names` as in ``init(_:at:_:)``.
  package init(
    _ bytes: [UInt8], _ logs: [RecordLog.Kind: [UInt8]], at place: KnownPlace, _ names: RecordNames
  ) {
    if place.isLoggedDatabase {
      self.init(database: bytes, logs, at: place, names)
    } else {
      self.init(hive: bytes, logs, at: place, names)
    }
  }

  /// Applies the rollback journal first, as SQLite does.
  private init(
    database bytes: [UInt8], _ logs: [RecordLog.Kind: [UInt8]], at place: KnownPlace,
    _ names: RecordNames
  ) {
    var bytes = bytes
    var applied = [RecordLog.Kind]()
    var damage: String?
    if let journal = logs[.rollback] {
      let restored = RestoredDatabase(bytes, journal: journal)
      bytes = restored.bytes
      if restored.isApplied { applied.append(.rollback) }
      damage = restored.damage.map {
        "its rollback journal (-journal) cannot be applied; unfinished changes may be shown: \($0)"
      }
    }
    if let log = logs[.writeAhead] {
      let logged = LoggedDatabase(bytes, log: log)
      bytes = logged.bytes
      if logged.isApplied { applied.append(.writeAhead) }
      damage =
        damage
        ?? logged.damage.map {
          "its write-ahead log (-wal) is damaged; the last changes may be missing: \($0)"
        }
    }
    // A transaction that did not end made the database.
    var reading =
      bytes.isEmpty ? TraceReading([], nil) : TraceReading(bytes.span.bytes, at: place, names)
    // A log that was not applied is the cause of what else is wrong.
    if let damage { reading = TraceReading(reading.traces, ItemProblem(.unreadable, damage)) }
    reading.appliedLogs = applied.map(\.rawValue)
    self = reading
  }

  private init(
    hive: [UInt8], _ logs: [RecordLog.Kind: [UInt8]], at place: KnownPlace, _ names: RecordNames
  ) {
    let recovered = RecoveredHive(hive, logs)
    var reading = TraceReading(recovered.bytes.span.bytes, at: place, names)
    reading.appliedLogs = recovered.applied.map(\.rawValue)
    if reading.problem == Self.missingLogs, !logs.isEmpty {
      reading = TraceReading(reading.traces, Self.unfitLogs, needsLogs: true)
    }
    self = reading
  }

  /// Reads the complete file at `place`. The place must have confirmed its first bytes.
  package init(_ bytes: RawSpan, at place: KnownPlace, _ names: RecordNames) {
    self = bytes.withUnsafeBytes { bytes in
      switch place {
      case .softwareHive, .systemHive, .userHive: TraceReading(hive: bytes, at: place, names)
      case .dpkgStatus:
        DpkgStatus(bytes, names).reading
      case .rpmDatabase:
        RpmDatabase(bytes, names).packages.reading
      // Its database is read with it.
      case .databaseLog: TraceReading(log: bytes)
      case .rpmBerkeleyDatabase: RpmBerkeleyDatabase(bytes, names).packages.reading
      case .rpmNdbDatabase: RpmNdbDatabase(bytes, names).packages.reading
      case .prefetch: PrefetchFile(bytes, names).reading
      case .quarantineIndex: QuarantineIndex(bytes, names).reading
      }
    }
  }

  /// Reading of a log that is an item of its own.
  private init(log: UnsafeRawBufferPointer) {
    if log.isEmpty {
      self.init([], nil)
    } else if log.first == 0x37 {
      let hasChanges = LoggedDatabase.hasChanges(log)
      self.init([], hasChanges ? Self.logHasNoDatabase : nil, needsLogs: hasChanges)
    } else {
      self.init([], Self.journalHasNoDatabase, needsLogs: true)
    }
  }

  init(_ traces: [Trace], _ problem: ItemProblem?, needsLogs: Bool = false) {
    self.traces = Trace.Kind.allCases.flatMap { kind in traces.filter { $0.kind == kind } }
    self.problem = problem
    self.needsLogs = needsLogs
  }

  private init(hive bytes: UnsafeRawBufferPointer, at place: KnownPlace, _ names: RecordNames) {
    do throws(ItemProblem) {
      let (traces, hive) =
        switch place {
        case .systemHive:
          ServiceTraces(in: try RegistryHive(bytes, name: "HKLM\\SYSTEM"), names).result
        case .userHive:
          SoftwareTraces(ofUser: try RegistryHive(bytes, name: "HKCU"), names).result
        default: SoftwareTraces(in: try RegistryHive(bytes, name: "HKLM\\SOFTWARE"), names).result
        }
      self.init(traces, Self.problem(of: hive), needsLogs: hive.isDirty)
    } catch {
      self.init([], error, needsLogs: RegistryHive.isDirty(bytes))
    }
  }

  private static func problem(of hive: RegistryHive) -> ItemProblem? {
    if let damage = hive.damage {
      let more = hive.isDirty ? "; \(missingLogs.message)" : "; check its backup in RegBack"
      return ItemProblem(
        .unreadable, "the registry hive is damaged; artifacts may be missing: \(damage)\(more)")
    }
    return hive.isDirty ? missingLogs : nil
  }

  private static let missingLogs = ItemProblem(
    .unsupported,
    "its last changes are in its transaction logs (.LOG1, .LOG2, .LOG), which are empty or not beside it:"
      + " put them there and scan again")

  private static let unfitLogs = ItemProblem(
    .unreadable,
    "its last changes are in its transaction logs, but none beside it (.LOG1, .LOG2, .LOG) continues it:"
      + " they are empty, damaged or of another state; artifacts may be missing")
}

extension SoftwareTraces {
  fileprivate var result: ([Trace], RegistryHive) { (traces, hive) }
}

extension ServiceTraces {
  fileprivate var result: ([Trace], RegistryHive) { (traces, hive) }
}

extension DpkgStatus {
  fileprivate var reading: TraceReading {
    TraceReading(
      traces,
      damage.map {
        ItemProblem(
          .unreadable,
          "the dpkg database is damaged; packages may be missing: \($0); check status-old beside it"
        )
      })
  }
}
