import Archives
import ArgumentParser
import Bytes
import Engine
import Glibc
import Images

@main
enum Main {
  static func main() { Stacks.run { Main.run() } }

  private static func run() {
    // The same binary is the helper that parses images and archives: see docs/architecture.md.
    ImageHelper.runIfRequested()
    ArchiveHelper.runIfRequested()
    Heaps.limit()
    // The argument parser of the other commands does not support yara's syntax.
    if CommandLine.arguments.dropFirst().first == MatchCommand.name { MatchCommand.run() }
    let all: [String]
    do { all = try Configuration.adding(to: Array(arguments)) } catch {
      exit(Failure.end(saying: error).rawValue)
    }
    do {
      var command = try TrawlCommand.parseAsRoot(all)
      try command.run()
    } catch { end(error) }
  }

  /// Prints the message of an error as the parser does, but made harmless.
  private static func end(_ error: any Error) -> Never {
    let status = TrawlCommand.exitCode(for: error)
    guard !status.isSuccess else { TrawlCommand.exit(withError: error) }
    let text = Failure.harmless(TrawlCommand.fullMessage(for: error))
    if !text.isEmpty { Terminal.write(text + "\n", to: STDERR_FILENO) }
    exit(status.rawValue)
  }

  /// Arguments in which options with an optional value have one: otherwise the parser would use a
  /// following target as the value.
  private static var arguments: [String] {
    let all = CommandLine.arguments.dropFirst()
    let end = all.firstIndex(of: "--") ?? all.endIndex
    return all[..<end].map { $0 == "--verify-sieve" ? "--verify-sieve=5" : $0 } + all[end...]
  }
}

/// Command line: combines sources, engine and reports. Each subcommand has its own file.
struct TrawlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trawl",
    abstract:
      "Finds Kaspersky software in files, directories and disk images, with evidence for each finding.",
    discussion: """
      Exit status of scan: 0 no finding, everything scanned; 1 findings; 2 bad rules, missing target \
      or failed output; 3 no finding, but not everything could be scanned; 64 wrong usage; 130 or \
      143 interrupted.
      """,
    version: Version.current,
    subcommands: [
      ScanCommand.self, MatchCommand.Description.self, ImageCommand.self, CaseCommand.self,
      ExtractCommand.self, ReportCommand.self, DiffCommand.self, MergeCommand.self,
      PlanCommand.self, RunCommand.self, SignaturesCommand.self, BenchCommand.self,
      DoctorCommand.self,
    ])
}
