import ArgumentParser
import Trawl

/// The command line: joins sources, engine and reports. Each subcommand has a file of its own.
@main
struct TrawlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trawl",
    abstract: "Finds Kaspersky software in files and directories, and proves what it says.",
    discussion: """
      Exit status of scan: 0 nothing found and everything scanned; 1 something found; 2 bad rules, \
      missing target or failed output; 3 nothing found but not everything could be scanned; 64 wrong \
      usage; 130 or 143 interrupted.
      """,
    version: Version.current,
    subcommands: [ScanCommand.self, SignaturesCommand.self])
}
