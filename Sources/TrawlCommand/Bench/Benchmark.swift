import Archives
import Bytes
import Engine
import Evidence
import Findings
import Glibc
import Images
import Sieve
import Signatures
import Yara

/// Measures scans, their stages and their rules.
struct Benchmark {
  let signatures: SignatureOptions
  let engine: EngineOptions
  let archives: ArchivePolicy
  let images: ImagePolicy
  let sources: [any ItemSource]
  let targets: [RawPath]
  let runs: Int

  /// Measures everything but a peer; `say` receives what is being done.
  func run(say: (String) -> Void) throws -> BenchResult {
    say("compiling the rules")
    let start = ContinuousClock.now
    let ruleSet = try signatures.ruleSet()
    let compile = Self.seconds(since: start)
    var walls = [Double]()
    var processors = [Double]()
    var summary: Summary?
    for run in 0...runs {
      say(run == 0 ? "scanning once to fill caches" : "scan \(run) of \(runs)")
      let clock = ContinuousClock.now
      let before = Self.processorSeconds
      var options = engine.options
      options.archives = archives
      options.images = images
      summary = try Scan(
        sources, with: ruleSet, options: options, archives: Archives(), images: EmbeddedImages()
      ).run { _ in }
      guard run > 0 else { continue }
      walls.append(Self.seconds(since: clock))
      processors.append(Self.processorSeconds - before)
    }
    let memory = Self.greatestMemory
    guard let summary else { throw Failure("no scan") }
    say("stages")
    let profile = try StageProfile(ruleSet, options: engine.options)
    for source in sources { source.push(to: profile) }
    var rules = [BenchResult.Rule]()
    if !engine.noSieve, let sieve = ruleSet.sieve {
      say("rules")
      rules = costs(RuleProfile(sources, sieve), sieve)
    }
    let ledger = summary.ledger
    return BenchResult(
      tool: "trawl \(Version.current)", libraries: summary.custody.libraries,
      rules: ruleSet.records, targets: targets.map(\.shown), jobs: engine.jobs, runs: runs,
      compile: compile, scan: .init(walls), processor: .init(processors), items: ledger.seen,
      bytes: ledger.bytesPresent, bytesRead: ledger.bytesRead,
      candidates: ledger.evaluatedWithoutScan + ledger.scannedByLibyara,
      findings: summary.findings.values.reduce(0, +), memory: memory,
      stages: StageProfile.Stage.allCases.map { stage in
        let measure = profile.measures[stage] ?? StageProfile.Measure()
        return BenchResult.Stage(
          name: stage.rawValue, items: measure.items, bytes: measure.bytes,
          seconds: measure.seconds)
      }, ruleCosts: rules)
  }

  /// Costs of the rules, the most expensive first.
  private func costs(_ profile: RuleProfile, _ sieve: Sieve) -> [BenchResult.Rule] {
    let explanations = sieve.explanations()
    return profile.measures.sorted {
      ($1.value.seconds, $0.key) < ($0.value.seconds, $1.key)
    }.map { number, measure in
      let rule = explanations[number]
      return BenchResult.Rule(
        rule: Self.name(rule.namespace, rule.identifier), items: measure.items,
        bytes: measure.bytes, seconds: measure.seconds)
    }
  }

  private static func name(_ namespace: String, _ identifier: String) -> String {
    namespace == "default" ? identifier : "\(namespace):\(identifier)"
  }

  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let spent = (ContinuousClock.now - start).components
    return Double(spent.seconds) + Double(spent.attoseconds) / 1e18
  }

  /// Processor time of this process and its helpers.
  private static var processorSeconds: Double {
    var sum = 0.0
    for usage in [usage(RUSAGE_SELF), usage(RUSAGE_CHILDREN)] {
      sum += seconds(usage.ru_utime)
      sum += seconds(usage.ru_stime)
    }
    return sum
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  private static var greatestMemory: UInt64 {
    UInt64(clamping: usage(RUSAGE_SELF).ru_maxrss) * 1024
  }

  private static func usage(_ who: __rusage_who) -> rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(who.rawValue), &usage)
    return usage
  }
}
