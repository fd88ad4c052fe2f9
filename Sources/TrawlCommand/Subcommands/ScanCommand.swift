import ArgumentParser
import Bytes
import Evidence
import Files
import Findings
import Reports
import Trawl

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Scans files, directories and disk images and lists what was found, with evidence.",
    discussion: """
      Prints findings as they come, then the products they amount to, then a summary that says of \
      every item whether it matched, was clean, was skipped or failed. Nothing in a target changes.
      """)

  @OptionGroup(title: "What is scanned") var evidence: EvidenceOptions
  @OptionGroup(title: "Signatures") var signatures: SignatureOptions
  @OptionGroup(title: "Report") var report: ReportOptions
  @OptionGroup(title: "How") var engine: EngineOptions

  func run() throws {
    FaultGuard.install()
    BrokenPipe.ignoreSignal()
    let cache = engine.noCache ? nil : EvidenceSafety.cache(outside: evidence.targets)
    let ruleSet = try Failure.catching { try signatures.ruleSet(cache: cache) }
    let destination = try Failure.catching {
      try report.destination(outside: evidence.targets)
    }
    var options = engine.options
    options.trustAnchors = try Failure.catching { try signatures.trustAnchors() }
    let terminal = Terminal(showsProgress: report.showsProgress)
    if ruleSet.sieve == nil, !engine.noSieve {
      terminal.message(
        "note: libhs.so.5 (Hyperscan or Vectorscan) is not installed, or this processor cannot run it:"
          + " libyara scans every item whole, which takes many times longer")
    }
    for warning in ruleSet.warnings { terminal.message(Printable.text("\(warning)")) }
    let scan = Scan(
      evidence.sources(width: engine.jobs, say: terminal.message), with: ruleSet,
      options: options)
    let interruption = Interruption { scan.cancel() }
    let progress = ProgressLine(terminal) { scan.progress }
    let sink = ReportAndErrors(report: report.sink(to: destination), terminal: terminal)
    let summary: Summary
    do {
      summary = try scan.run(sink: sink)
      progress.stop()
      try destination.finish()
    } catch is BrokenPipe {
      progress.stop()
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      progress.stop()
      throw Failure.end(saying: error)
    }
    let status = ExitStatus(summary, atLeast: report.minConfidence)
    throw ExitCode(interruption.exitStatus ?? status.code)
  }
}

/// What `scan` exits with (DESIGN: Command line).
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

/// Passes every record to the report, and says on stderr which items were not scanned.
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

  /// The path, and for images what it is a path in.
  private func place(_ locator: Locator) -> String {
    let stream = locator.stream.map { ":" + $0.shown } ?? ""
    guard let volume = locator.volume else { return locator.path.shown + stream }
    return "\(locator.evidence.shown), volume \(volume.index): \(locator.path.shown)\(stream)"
  }
}
