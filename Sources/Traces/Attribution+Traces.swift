public import Findings

extension Attribution {
  /// What records of installed software at `place` come to; nil if there are none. The surest signature decides, and
  /// product and version are those of its record that tells most.
  public init?(of traces: [Trace], at place: KnownPlace) {
    let groups = TraceSignature.groups(of: traces, at: place)
    guard let best = groups.first else { return nil }
    let telling = best.traces.max { Self.telling($0) < Self.telling($1) }
    self.init(
      rule: best.signature.name, confidence: best.signature.confidence, vendor: "Kaspersky",
      product: telling?.product, productVersion: telling?.version,
      component: best.signature.component, platform: best.signature.platform,
      reasons: groups.map { Self.reason($0.signature, $0.traces) })
  }

  private static func telling(_ trace: Trace) -> Int {
    (trace.product == nil ? 0 : 4) + (trace.version == nil ? 0 : 2) + (trace.folder == nil ? 0 : 1)
  }

  /// A reason names the first places; all of them are in the finding's traces.
  private static let mostPlaces = 5

  private static func reason(_ signature: TraceSignature, _ traces: [Trace]) -> String {
    let places = traces.prefix(mostPlaces).map(words(of:)).joined(separator: "; ")
    let rest = traces.count - mostPlaces
    return "\(signature.reason): \(places)" + (rest > 0 ? "; and \(rest) more" : "")
  }

  /// A record in words: its place, and what it says.
  private static func words(of trace: Trace) -> String {
    let parts = [
      trace.product, trace.version.map { "version \($0)" }, trace.folder.map { "in \($0)" },
      trace.program.map { "starts \($0)" }, trace.isActive == false ? "not active" : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? trace.place : "\(trace.place) (\(parts.joined(separator: ", ")))"
  }
}

extension TraceSignature {
  /// The records of each signature, the surest signature first.
  static func groups(of traces: [Trace], at place: KnownPlace) -> [(
    signature: TraceSignature, traces: [Trace]
  )] {
    let groups = Dictionary(grouping: traces) { TraceSignature.of($0, at: place) }
    return all.compactMap { signature in groups[signature].map { (signature, $0) } }
      .sorted { $0.0.confidence > $1.0.confidence }
  }

  /// The rules that records of installed software at `place` match, the surest first.
  public static func matches(of traces: [Trace], at place: KnownPlace) -> [MatchedRule] {
    groups(of: traces, at: place).map {
      MatchedRule(rule: $0.signature.name, namespace: namespace, tags: [], strings: [])
    }
  }
}
