import Archives
import Bytes
import Engine
import Evidence
import Files
import Findings
import Glibc
import Images
import Results
import Targets
import Units

/// The scans of a plan's units by one process.
struct UnitScan {
  private let plan: WorkPlan
  private let scan: PlannedScan
  private let folder: RawPath
  private let terminal: Terminal
  private let interruption: Interruption
  private let ruleSet: RuleSet
  private let sources: [any ItemSource]

  /// Loads rules and targets, and throws if they are not those of the plan.
  init(
    _ plan: WorkPlan, _ scan: PlannedScan, at path: RawPath, to folder: RawPath,
    _ terminal: Terminal, _ interruption: Interruption
  ) throws {
    self.plan = plan
    self.scan = scan
    self.folder = folder
    self.terminal = terminal
    self.interruption = interruption
    ruleSet = try scan.ruleSet()
    sources = try scan.sources(say: { _ in })
    let header = try scan.header(ruleSet, sources)
    func check<Value: Equatable>(_ what: String, _ before: Value, _ now: Value) throws {
      guard before != now else { return }
      throw ResultError(path, "\(what) was \(before) when the plan was made, is \(now)")
    }
    try check("the tool", plan.header.tool, header.tool)
    try check("libraries", plan.header.libraries, header.libraries)
    guard plan.header.rules == header.rules, plan.header.anchors == header.anchors else {
      throw ResultError(path, "the rules have changed since the plan was made; make it again")
    }
    guard plan.header.evidence.map(\.name) == header.evidence.map(\.name) else {
      throw ResultError(path, "the targets have changed since the plan was made; make it again")
    }
  }

  /// Path of a unit's result.
  private static func path(_ unit: WorkUnit, _ folder: RawPath) -> RawPath {
    folder.appending(RawPath(unit.id + ".jsonl"))
  }

  /// Whether a unit has its result.
  static func isDone(_ unit: WorkUnit, in folder: RawPath) -> Bool {
    let path = path(unit, folder)
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return false }
    guard let result = try? UnitResult(path), result.header.unit == unit.id else { return false }
    return result.isComplete
  }

  /// Scans a unit; returns whether it has a result now.
  func run(_ number: Int) throws -> Bool {
    guard !interruption.wasReceived else { return false }
    let unit = plan.units[number]
    guard let source = source(of: unit), isUnchanged(unit) else {
      terminal.message(
        "trawl: unit \(number): the evidence has changed since the plan was made; make it again")
      return false
    }
    let path = Self.path(unit, folder)
    var generator = SystemRandomNumberGenerator()
    let mark = "\(Host.name).\(getpid()).\(String(generator.next(), radix: 16))"
    let file = try OutputFile(path, mark: mark)
    let report = try UnitReport(plan.header, unit, to: file)
    var options = self.scan.engine.options
    options.archives = self.scan.evidence.archives.policy
    options.images = self.scan.evidence.imagePolicy
    let scan = Scan(
      [source], with: ruleSet, options: options, archives: Archives(),
      images: EmbeddedImages(options: self.scan.evidence.selection(width: 1, timeout: 0).images))
    interruption.cancel { scan.cancel() }
    let progress = ProgressLine(terminal) { scan.progress }
    defer { progress.stop() }
    let summary = try scan.run(sink: report, journal: UnitJournal(unit.slice, report))
    guard !summary.wasInterrupted, !interruption.wasReceived else { return false }
    guard isUnchanged(unit) else {
      terminal.message("trawl: unit \(number): the evidence changed during the scan")
      return false
    }
    try file.finish()
    progress.stop()
    let count = summary.findings.values.reduce(0, +)
    terminal.message(
      "unit \(number): \(summary.ledger.seen) items, \(count) findings"
        + (summary.isComplete ? "" : ", not everything could be scanned")
        + ", \((summary.seconds * 10).rounded() / 10) s")
    return true
  }

  private var live: [any ItemSource] { sources.filter { !($0 is ImageSource) } }

  private func source(of unit: WorkUnit) -> (any ItemSource)? {
    switch unit.kind {
    case .image:
      return sources.first { $0 is ImageSource && $0.evidence.first?.name == unit.evidence }
    case .files:
      guard let slice = unit.slice, !live.isEmpty else { return nil }
      return SliceSource(live, slice: slice, reports: unit.reports ?? false)
    }
  }

  private func isUnchanged(_ unit: WorkUnit) -> Bool {
    switch unit.kind {
    case .image:
      guard let name = unit.evidence else { return false }
      return EvidenceCheck.files(ImageSource.files(of: name)) == unit.files
    case .files:
      guard let slice = unit.slice else { return false }
      return EvidenceCheck.state(
        of: slice, live, followsLinks: scan.evidence.followSymlinks) == unit.state
    }
  }
}
