public import Evidence
public import Findings

/// What one file at a known place records of Kaspersky's software, and what kept it from being read to the end.
public struct TraceReading: Sendable {
  /// The records, installations first, then packages, services and settings; at most 1,000.
  public let traces: [Trace]
  /// At most so many records of one file are kept: no machine has as many products.
  static let mostTraces = 1000

  /// Why records may be missing here; nil if the file was read to its end. Damage is `unreadable`; a hive whose
  /// transaction logs are not applied is `unsupported`.
  public let problem: ItemProblem?

  /// Reads the whole file at `place`, whose head it confirms.
  public init(_ bytes: RawSpan, at place: KnownPlace) {
    self = bytes.withUnsafeBytes { bytes in
      switch place {
      case .softwareHive, .systemHive, .userHive: TraceReading(hive: bytes, at: place)
      case .dpkgStatus:
        DpkgStatus(bytes).reading
      case .rpmDatabase:
        RpmDatabase(bytes).reading
      }
    }
  }

  init(_ traces: [Trace], _ problem: ItemProblem?) {
    self.traces = Trace.Kind.allCases.flatMap { kind in traces.filter { $0.kind == kind } }
    self.problem = problem
  }

  private init(hive bytes: UnsafeRawBufferPointer, at place: KnownPlace) {
    do throws(ItemProblem) {
      let (traces, hive) =
        switch place {
        case .systemHive: ServiceTraces(in: try RegistryHive(bytes, name: "HKLM\\SYSTEM")).result
        case .userHive: SoftwareTraces(ofUser: try RegistryHive(bytes, name: "HKCU")).result
        default: SoftwareTraces(in: try RegistryHive(bytes, name: "HKLM\\SOFTWARE")).result
        }
      self.init(traces, Self.problem(of: hive))
    } catch {
      self.init([], error)
    }
  }

  private static func problem(of hive: RegistryHive) -> ItemProblem? {
    let logs =
      "its last changes are in its transaction logs (.LOG1, .LOG2), which are not applied: apply them with"
      + " a tool for registry hives, and scan what comes of it"
    if let damage = hive.damage {
      let more = hive.isDirty ? "; \(logs)" : "; look at its backup in RegBack"
      return ItemProblem(
        .unreadable, "the registry hive is damaged, and records may be missing: \(damage)\(more)")
    }
    return hive.isDirty ? ItemProblem(.unsupported, logs) : nil
  }
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
          "the database of dpkg is damaged, and packages may be missing: \($0); look at status-old beside it"
        )
      })
  }
}

extension RpmDatabase {
  fileprivate var reading: TraceReading {
    TraceReading(
      traces,
      damage.map {
        ItemProblem(
          .unreadable,
          "the database of rpm is damaged, and packages may be missing: \($0); try rpmdb --rebuilddb on a copy"
        )
      })
  }
}
