package import Bytes
package import Evidence
package import Findings

/// First line of a plan: the scan that it divides.
package struct PlanHeader: Hashable, Sendable, Codable {
  /// Digest of this line and all units.
  package var id = ""
  /// Version of Trawl that made the plan, and must run it.
  package var tool: String
  /// Versions of the libraries that determine answers.
  package var libraries: [String: String]
  /// Folder to which relative paths belong.
  package var folder: RawPath
  /// Targets and options by their long names, with the values in order.
  package var options: [String: [RawPath]]
  /// Digests of the files that options name besides rules: trust anchors.
  package var anchors: [String]
  /// Rules with their hashes.
  package var rules: [RuleSetRecord]
  /// Evidence of the scan, in order.
  package var evidence: [EvidenceDescription]
  /// Number of units.
  package var units = 0
  /// Sum of the units' estimates.
  package var bytes: UInt64 = 0
  /// Sum of the units' estimates, where they have one.
  package var items = 0

  package init(
    tool: String, libraries: [String: String], folder: RawPath, options: [String: [RawPath]],
    anchors: [String], rules: [RuleSetRecord], evidence: [EvidenceDescription]
  ) {
    self.tool = tool
    self.libraries = libraries
    self.folder = folder
    self.options = options
    self.anchors = anchors
    self.rules = rules
    self.evidence = evidence
  }

  /// Digest of what the results of a unit depend on besides its evidence.
  fileprivate func digest() throws -> String {
    var header = self
    (header.id, header.units, header.bytes, header.items) = ("", 0, 0, 0)
    return UnitDigest.text(of: try UnitLine.text("plan", header))
  }
}

/// A plan: a scan, and the units into which it is divided.
package struct WorkPlan: Hashable, Sendable {
  package private(set) var header: PlanHeader
  package private(set) var units: [WorkUnit]

  /// Units of a plan at most.
  package static let mostUnits = 1 << 20

  /// Numbers the units and computes all identifiers.
  package init(_ header: PlanHeader, _ units: [WorkUnit]) throws {
    self.header = header
    self.units = units
    let digest = try header.digest()
    for number in units.indices {
      self.units[number].number = number
      self.units[number].id = try self.units[number].identifier(in: digest)
    }
    self.header.units = units.count
    self.header.bytes = units.reduce(0) { $0 &+ $1.bytes }
    self.header.items = units.reduce(0) { $0 &+ ($1.items ?? 0) }
    self.header.id = UnitDigest.text(of: digest + self.units.map(\.id).joined())
  }

  /// Text of the plan, line by line.
  package func write(_ body: (String) throws -> Void) throws {
    try body(try UnitLine.text("plan", header) + "\n")
    for unit in units { try body(try UnitLine.text("unit", unit) + "\n") }
  }
}
