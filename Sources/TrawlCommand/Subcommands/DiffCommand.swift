import ArgumentParser
import Bytes
import Findings
import Reports
import Results

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compares results before and after a removal: what is gone, left, moved or new.",
    discussion: """
      Products come first, then files. A product is removed if nothing of it is found any more. It has remnants \
      if no program is left, only records, settings, data or deleted files. It is partial if some files are \
      gone, but programs are left.

      Exit status: 0 nothing is left; 1 something is left or new; 2 results that cannot be read; 3 nothing \
      is left, but not everything was scanned afterwards.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, jsonl
  }

  @Argument(
    help: "Results before: a file, or a folder of files.", completion: .file(),
    transform: RawArgument.path)
  var before: RawPath

  @Argument(
    help: "Results after: a file, or a folder of files.", completion: .file(),
    transform: RawArgument.path)
  var after: RawPath

  @Option(help: "Format of the output.")
  var format = Format.text

  @Flag(help: "Show products only.")
  var productsOnly = false

  @Option(
    help: ArgumentHelp(
      "Lowest confidence of what counts as left: weak, claimed, strong or confirmed.",
      valueName: "confidence"),
    completion: .list(Confidence.allCases.map(\.rawValue)),
    transform: ReportOptions.confidence)
  var minConfidence = Confidence.claimed

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func run() throws {
    BrokenPipe.ignoreSignal()
    let terminal = look.terminal()
    let status: Int32
    do {
      let old = try ResultSet(ResultOptions.sources(at: [before]))
      let new = try ResultSet(ResultOptions.sources(at: [after]))
      try ResultNotes.say(of: new, to: terminal)
      let comparison = try Comparison(old, new)
      let output = StandardOutput()
      let report: any ComparisonReport =
        format == .text ? ComparisonText(comparison) : ComparisonLines(comparison)
      try report.write(to: output, includingFiles: !productsOnly)
      status =
        comparison.somethingRemains(atLeast: minConfidence) ? 1 : comparison.isComplete ? 0 : 3
    } catch is BrokenPipe {
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      throw Failure.end(saying: error)
    }
    throw ExitCode(status)
  }
}
