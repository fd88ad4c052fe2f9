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

  /// Problem of a database whose log, which is no item of the scan, cannot be read with it.
  package static let logIsNotApplied = ItemProblem(
    .unsupported,
    "its last changes are in its write-ahead log (-wal), which cannot be read: put both into one folder, and scan that"
  )
  /// Problem of a log whose database is not read with it.
  package static let logHasNoDatabase = ItemProblem(
    .unsupported,
    "it holds the last changes of a database that is not beside it: put both into one folder, and scan that"
  )

  /// Reads a hive or a database with the changes in its `logs`; `names` as in ``init(_:at:_:)``.
  package init(
    _ bytes: [UInt8], _ logs: [RecordLog.Kind: [UInt8]], at place: KnownPlace, _ names: RecordNames
  ) {
    if let log = logs[.writeAhead], place.logs.contains(.writeAhead) {
      self.init(LoggedDatabase(bytes, log: log), at: place, names)
    } else {
      self.init(hive: bytes, logs, at: place, names)
    }
  }

  private init(_ database: LoggedDatabase, at place: KnownPlace, _ names: RecordNames) {
    var reading = TraceReading(database.bytes.span.bytes, at: place, names)
    if let damage = database.damage, reading.problem == nil {
      reading = TraceReading(
        reading.traces,
        ItemProblem(
          .unreadable,
          "its write-ahead log (-wal) is damaged; the last changes may be missing: \(damage)"))
    }
    if database.isApplied { reading.appliedLogs = [RecordLog.Kind.writeAhead.rawValue] }
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
      case .databaseLog:
        LoggedDatabase.hasChanges(bytes)
          ? TraceReading([], Self.logHasNoDatabase, needsLogs: true) : TraceReading([], nil)
      case .rpmBerkeleyDatabase: RpmBerkeleyDatabase(bytes, names).packages.reading
      case .rpmNdbDatabase: RpmNdbDatabase(bytes, names).packages.reading
      case .prefetch: PrefetchFile(bytes, names).reading
      case .quarantineIndex: QuarantineIndex(bytes, names).reading
      }
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
    "its last changes are in its transaction logs (.LOG1, .LOG2, .LOG), which are not beside it:"
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
