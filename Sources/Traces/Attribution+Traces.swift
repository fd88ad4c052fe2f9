package import Findings
package import Profiles

extension Attribution {
  /// Derives an attribution from the records of installed software at `place`; nil if there are
  /// none. The most certain signature decides; product and version are those of its most specific
  /// record.
  package init?(of traces: [Trace], at place: KnownPlace, _ profile: VendorProfile) {
    let groups = TraceSignature.groups(of: traces, at: place, profile)
    guard let best = groups.first else { return nil }
    let telling = best.traces.max { Self.telling($0) < Self.telling($1) }
    self.init(
      rule: best.signature.name, confidence: best.signature.confidence, vendor: profile.name,
      product: telling?.product, productVersion: telling?.version,
      component: best.signature.component, platform: best.signature.platform,
      reasons: groups.map { Self.reason($0.signature, $0.traces) })
  }

  private static func telling(_ trace: Trace) -> Int {
    (trace.product == nil ? 0 : 4) + (trace.version == nil ? 0 : 2) + (trace.folder == nil ? 0 : 1)
  }

  /// Number of places in a reason; the finding's traces contain all of them.
  private static let mostPlaces = 5

  private static func reason(_ signature: TraceSignature, _ traces: [Trace]) -> String {
    let places = traces.prefix(mostPlaces).map(words(of:)).joined(separator: "; ")
    let rest = traces.count - mostPlaces
    return "\(signature.reason): \(places)" + (rest > 0 ? "; and \(rest) more" : "")
  }

  /// Statement of a record about its program.
  private static func verb(of kind: Trace.Kind) -> String {
    switch kind {
    case .execution: "used"
    case .quarantined: "once"
    default: "starts"
    }
  }

  /// Words for software that is not active. A service may still be started by hand or by another program.
  private static func inactivity(of kind: Trace.Kind) -> String {
    kind == .package ? "removed" : "not automatically"
  }

  /// Describes a record: its place and content.
  private static func words(of trace: Trace) -> String {
    let parts = [
      trace.product, trace.version.map { "version \($0)" }, trace.folder.map { "in \($0)" },
      trace.program.map { verb(of: trace.kind) + " " + $0 },
      trace.isActive == false ? inactivity(of: trace.kind) : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? trace.place : "\(trace.place) (\(parts.joined(separator: ", ")))"
  }
}

extension TraceSignature {
  /// Records grouped by signature, the most certain signature first.
  static func groups(of traces: [Trace], at place: KnownPlace, _ profile: VendorProfile) -> [(
    signature: TraceSignature, traces: [Trace]
  )] {
    let groups = Dictionary(grouping: traces) { RecordKind(of: $0, at: place) }
    return RecordKind.allCases.compactMap { kind in
      groups[kind].map { (TraceSignature(kind, profile), $0) }
    }
    .sorted { $0.0.confidence > $1.0.confidence }
  }

  /// Signatures that match records of installed software at `place`, the most certain first.
  package static func matches(of traces: [Trace], at place: KnownPlace, _ profile: VendorProfile)
    -> [MatchedRule]
  {
    groups(of: traces, at: place, profile).map {
      MatchedRule(rule: $0.signature.name, namespace: namespace, tags: [], strings: [])
    }
  }
}
