import Archives
import ArgumentParser
import Bytes
import Cases
import Engine
import Evidence
import Files
import Findings
import Glibc
import Images
import Reports
import Targets
import Yara

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Scans files, directories and disk images, and lists findings with their evidence.",
    discussion: """
      Prints findings as they occur, then the products found, then a summary that accounts for every \
      item: matched, clean, skipped or failed. Targets are never changed.
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Signatures") var signatures: SignatureOptions
  @OptionGroup(title: "Report") var report: ReportOptions
  @OptionGroup(title: "Case") var kept: CaseArguments
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Terminal") var look: TerminalOptions

  mutating func run() throws {
    FaultGuard.install()
    BrokenPipe.ignoreSignal()
    // A signal ends all waiting, and the summary is printed.
    let interruption = Interruption()
    var targets = evidence.selection(width: engine.jobs, timeout: engine.timeout)
    let unanswered = targets.setAsideUnanswered(isCancelled: { interruption.wasReceived })
    let cache = engine.noCache ? nil : EvidenceSafety.cache(outside: targets.paths)
    let ruleSet = try Failure.catching { try signatures.ruleSet(cache: cache) }
    let terminal = look.terminal(showsProgress: report.showsProgress)
    let sources = unanswered + targets.sources(say: terminal.message)
    let kept = try Failure.catching { try openCase(sources, ruleSet, terminal) }
    defer { kept?.close() }
    let destination = try Failure.catching {
      try report.destination(outside: targets.paths)
    }
    terminal.detail("trawl \(Version.current), libyara \(Library.version), \(engine.jobs) jobs")
    for record in ruleSet.records {
      terminal.detail("rules \(record.name), SHA-256 \(record.sha256)")
    }
    terminal.detail("prefilter: \(engine.noSieve ? "turned off" : ruleSet.withoutSieve ?? "used")")
    terminal.detail("cache: \(cache?.path.shown ?? "none")")
    let isColored = report.output == nil && look.isColored(STDOUT_FILENO)
    let sink = ReportAndErrors(
      report: report.sink(to: destination, isColored: isColored), terminal: terminal)
    if let kept, kept.isComplete {
      terminal.message(
        "note: \(kept.path.shown) is complete: these are its results; --restart scans again")
      let summary = try finish(destination, nil) { try kept.replay(to: sink) }
      throw ExitCode(ExitStatus(summary, atLeast: report.minConfidence).code)
    }
    if !engine.noSieve, let reason = ruleSet.withoutSieve {
      terminal.message(
        "note: \(reason): libyara scans every item, which takes many times longer")
    }
    for warning in ruleSet.warnings { terminal.message(Printable.text("\(warning)")) }
    let remembering = sources.map { source -> any ItemSource in
      guard let kept, let image = source as? ImageSource else { return source }
      return image.remembering(kept)
    }
    var options = engine.options
    options.archives = evidence.archives.policy
    options.images = evidence.imagePolicy
    let scan = Scan(
      remembering, with: ruleSet, options: options, archives: Archives(),
      images: EmbeddedImages(options: targets.images))
    interruption.cancel {
      scan.cancel()
      kept?.stop()
    }
    let progress = ProgressLine(
      terminal, entries: { [targets = evidence.targets] in FileSystemSize.entries(of: targets) },
      { scan.progress })
    let summary = try finish(destination, progress) { try scan.run(sink: sink, journal: kept) }
    let status = ExitStatus(summary, atLeast: report.minConfidence)
    throw ExitCode(interruption.exitStatus ?? status.code)
  }

  /// Opens the case of the scan, if `--case` is given.
  private func openCase(_ sources: [any ItemSource], _ ruleSet: RuleSet, _ terminal: Terminal)
    throws
    -> CaseWriter?
  {
    guard let file = kept.file else { return nil }
    try EvidenceSafety.check(file, isOutside: evidence.targets)
    return try kept.writer(
      for: CaseScan(sources, ruleSet, evidence, signatures, engine),
      say: { terminal.message($0) })
  }

  /// Runs the scan that writes the report, and ends it.
  private func finish(
    _ destination: any ReportDestination, _ progress: ProgressLine?,
    _ body: () throws -> Summary
  ) throws -> Summary {
    do {
      let summary = try body()
      progress?.stop()
      try destination.finish()
      return summary
    } catch is BrokenPipe {
      progress?.stop()
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      progress?.stop()
      throw Failure.end(saying: error)
    }
  }
}

/// Exit status of `scan` (DESIGN: Command line).
struct ExitStatus {
  let code: Int32

  init(_ summary: Summary, atLeast confidence: Confidence) {
    if summary.ledger.sieveDifferences > 0 {
      code = 2
    } else if summary.hasFinding(atLeast: confidence) {
      code = 1
    } else if summary.ledger.failed[.missing] != nil {
      code = 2
    } else {
      code = summary.isComplete ? 0 : 3
    }
  }
}

/// Passes every record to the report, and prints on stderr which items were not scanned.
private final class ReportAndErrors: RecordSink {
  private let report: any RecordSink
  private let terminal: Terminal

  init(report: any RecordSink, terminal: Terminal) {
    self.report = report
    self.terminal = terminal
  }

  func receive(_ record: Record) throws {
    if case .problem(let problem) = record {
      let outcome = problem.cause.reason.isSkip ? "skipped" : "error"
      let message = Printable.text(problem.cause.message)
      terminal.message("\(outcome): \(place(problem.locator)): \(message)")
    }
    try terminal.aside { try report.receive(record) }
  }

  /// Path of an item, with volume and image if it has one. The path of a whole medium is `/`.
  private func place(_ locator: Locator) -> String {
    let stream = locator.stream.map { ":" + $0.shown } ?? ""
    guard let volume = locator.volume else {
      return locator.path == "/" ? locator.evidence.shown : locator.path.shown + stream
    }
    return "\(locator.evidence.shown), volume \(volume.index): \(locator.path.shown)\(stream)"
  }
}
