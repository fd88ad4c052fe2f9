import ArgumentParser
import Bytes
import Engine
import Evidence
import Files
import Glibc
import Yara

/// `trawl match`: `yara` with the sieve in front. The exit status is that of `yara`: 0, and 1
/// for a failure to scan; with --exit-code that of docs/match.md.
enum MatchCommand {
  static let name = "match"

  /// Entry for the help of the other commands; ``run()`` runs before the parser.
  struct Description: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: MatchCommand.name,
      abstract: "Scans with your own rules and prints what yara prints: a drop-in for yara.",
      discussion: "See trawl match --help.")

    @Argument(parsing: .captureForPassthrough, help: "The arguments of yara.")
    var arguments: [String] = []

    func run() throws { MatchCommand.run() }
  }

  static func run() -> Never {
    FaultGuard.install()
    BrokenPipe.ignoreSignal()
    let values: ArgumentTable.Values
    let arguments: MatchArguments
    do throws(ArgumentTable.Failure) {
      values = try MatchArguments.table.parse(rawArguments)
      if values.flags.contains("version") { end(printing: "\(Library.version)\n") }
      if values.flags.contains("help") { end(printing: MatchHelp.text) }
      if values.flags.contains("module-names") {
        end(printing: Library.moduleNames.map { $0 + "\n" }.joined())
      }
      arguments = try MatchArguments(values)
    } catch {
      MatchOutput.say(error.message)
      exit(1)
    }
    exit(run(arguments))
  }

  private static func run(_ arguments: MatchArguments) -> Int32 {
    let failed: Int32 = arguments.has("exit-code") ? 2 : 1
    let moduleData: [ModuleData]
    let ruleSet: RuleSet
    do throws(MatchRules.Failure) {
      moduleData = try MatchModuleData.load(arguments.texts("module-data"))
      let isCached = !arguments.has("no-cache") && !arguments.has("scan-list")
      ruleSet = try MatchRules(arguments, say: MatchOutput.say).ruleSet(
        cache: isCached ? EvidenceSafety.cache(outside: [arguments.target]) : nil)
    } catch {
      if let message = error.message { MatchOutput.say(message) }
      return failed
    }
    if !arguments.has("no-sieve"), let reason = ruleSet.withoutSieve {
      MatchOutput.say(Array("note: \(reason): libyara scans every file".utf8))
    }
    let output = MatchOutput()
    if arguments.has("print-stats") {
      do throws(YaraError) {
        _ = output.write(Array(try MatchStatistics.text(of: ruleSet.rules).utf8))
      } catch {
        MatchOutput.say(Array(error.yaraWords.utf8))
      }
    }
    var scan = MatchTarget(arguments)
    if let refusal = scan.refusal {
      if let status = statusOfFailedOutput(output.finish(), failed) { return status }
      MatchOutput.say(refusal.message)
      return refusal.isOurs ? 2 : failed
    }
    scan.options.scanner.moduleData = moduleData
    let filter = MatchFilter(arguments)
    scan.options.scanner.reportsNonMatching = filter.needsNonMatching
    let format: any MatchFormat =
      switch arguments.format {
      case .text: MatchTextFormat(arguments, isSingle: scan.isSingle)
      case .jsonl: MatchJSONFormat(arguments)
      }
    let report = MatchReport(format, output: output, filter: filter, arguments)
    let source = YaraSource(scan.paths, options: scan.source)
    let matching = MatchScan(source, with: ruleSet, options: scan.options, receiver: report)
    let interruption = Interruption()
    interruption.cancel { matching.cancel() }
    do throws(YaraError) { try matching.run() } catch {
      MatchOutput.say(Array("error: \(error.code.rawValue)".utf8))
      return failed
    }
    let tally = report.tally
    _ = output.write(format.lines(of: tally))
    if let status = statusOfFailedOutput(output.finish(), failed) { return status }
    if arguments.has("completeness") { MatchOutput.say(Array(tally.text.utf8)) }
    if let status = interruption.exitStatus { return status }
    guard arguments.has("exit-code") else { return scan.isSingle && tally.failed > 0 ? 1 : 0 }
    return tally.matched > 0 ? 1 : tally.isComplete ? 0 : 3
  }

  /// Exit status after a write that failed with this `errno`; nil if none failed.
  private static func statusOfFailedOutput(_ error: Int32, _ failed: Int32) -> Int32? {
    guard error != 0 else { return nil }
    if error == EPIPE { return BrokenPipe.exitStatus }
    MatchOutput.say(
      Array("trawl: cannot write to standard output: \(String(cString: strerror(error)))".utf8))
    return failed
  }

  private static func end(printing text: String) -> Never {
    exit(MatchOutput.writeAll(Array(text.utf8), to: STDOUT_FILENO) ? 0 : 1)
  }

  /// Arguments after the name of the command, as bytes.
  private static var rawArguments: [[UInt8]] {
    (2..<max(2, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map {
        Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
    }
  }
}
