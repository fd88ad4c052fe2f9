import ArgumentParser
import Bytes
import Engine
import Reports
import Targets

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures scans of your files with your rules: stages, rules, and yara's time.",
    discussion: """
      Scans the targets several times after one scan that fills the caches, then measures each stage on one \
      thread, and each rule. If yara is installed and there is one target, which is no image, both programs also run in turn: \
      their ratio hardly depends on the machine.

      With --baseline, the figures are compared with those of an earlier run. More bytes read, more candidates, and a lower \
      ratio are regressions; without a ratio in both, so is more processor time. Wall time and stages are shown only.

      Exit status: 0 measured, no regression; 1 a regression; 2 bad rules, missing target, failed output, or other \
      lines than yara's.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Signatures") var signatures: SignatureOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Option(help: ArgumentHelp("Number of measured runs; medians count.", valueName: "count"))
  var runs = 3

  @Option(
    help: ArgumentHelp("Compare with this result of --format json.", valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var baseline: RawPath?

  @Option(
    help: ArgumentHelp(
      "Fail if a figure is worse than the baseline by more than this.", valueName: "N%"))
  var maxRegression = Percentage(value: 10)

  @Flag(help: "Do not run yara.")
  var noPeer = false

  @Option(help: "Format of the result on stdout or in the file.")
  var format = Format.table

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the result to this file; a comparison is printed on stdout.", valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var output: RawPath?

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000.") }
    guard engine.verifySieve == nil else {
      throw ValidationError("--verify-sieve is an option of trawl scan.")
    }
  }

  func run() throws {
    FaultGuard.install()
    let hasRegression = try Failure.catching { () throws -> Bool in
      let terminal = look.terminal()
      let before = try baseline.map { try BenchFile.read($0) }
      if let output { try EvidenceSafety.check(output, isOutside: evidence.targets) }
      let scan = PlannedScan(evidence, signatures, engine)
      let targets = evidence.selection(width: engine.jobs, timeout: engine.timeout)
      let sources = try scan.sources(say: terminal.message)
      var result = try Benchmark(
        signatures: signatures, engine: engine, archives: evidence.archives.policy,
        images: evidence.imagePolicy, sources: sources, targets: targets.paths, runs: runs
      ).run(say: terminal.message)
      if !noPeer, !targets.hasImage {
        result.peer = try YaraPeer(
          signatures: signatures, targets: targets.paths, jobs: engine.jobs, runs: runs
        ).run(say: terminal.message)
      }
      try write(result)
      if let before {
        let comparison = BenchComparison(
          before, result, limit: Double(maxRegression.value) / 100)
        // The table must not be mixed with JSON.
        if output == nil, format == .json {
          terminal.message(comparison.text)
        } else {
          try StandardOutput().write((output == nil ? "\n" : "") + comparison.text)
        }
        if comparison.hasRegression { return true }
      }
      if result.peer?.equal == false {
        throw Failure("trawl match and yara print other lines; please report it")
      }
      return false
    }
    throw ExitCode(hasRegression ? 1 : 0)
  }

  private func write(_ result: BenchResult) throws {
    let text = format == .json ? try BenchFile.text(of: result) : BenchText.text(of: result)
    guard let output else { return try StandardOutput().write(text) }
    let file = try OutputFile(output)
    try file.write(text)
    try file.finish()
  }
}
