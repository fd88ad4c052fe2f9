import ArgumentParser
import Bytes
import Images
import Trawl

@main
enum Main {
  static func main() {
    // The same binary is the helper that parses images: see docs/architecture.md.
    ImageHelper.runIfRequested()
    Heaps.limit()
    // The parser of the others does not understand arguments as yara writes them.
    if CommandLine.arguments.dropFirst().first == MatchCommand.name { MatchCommand.run() }
    TrawlCommand.main(arguments)
  }

  /// The arguments, options whose value may be left out given it: the parser would take a target that
  /// follows for the value.
  private static var arguments: [String] {
    let all = CommandLine.arguments.dropFirst()
    let end = all.firstIndex(of: "--") ?? all.endIndex
    return all[..<end].map { $0 == "--verify-sieve" ? "--verify-sieve=5" : $0 } + all[end...]
  }
}

/// The command line: joins sources, engine and reports. Each subcommand has a file of its own.
struct TrawlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trawl",
    abstract:
      "Finds Kaspersky software in files, directories and disk images, and proves what it says.",
    discussion: """
      Exit status of scan: 0 nothing found and everything scanned; 1 something found; 2 bad rules, \
      missing target or failed output; 3 nothing found but not everything could be scanned; 64 wrong \
      usage; 130 or 143 interrupted.
      """,
    version: Version.current,
    subcommands: [
      ScanCommand.self, MatchCommand.Description.self, ImageCommand.self, SignaturesCommand.self,
    ])
}
