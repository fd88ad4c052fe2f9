import ArgumentParser
import Bytes
import Catalogue
import Glibc
import Pages
import Profiles
import Reports
import Results

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes reports on the results of scans, for people and for other tools.",
    discussion: """
      Separate several formats by commas or blanks, or repeat the option. The order of options and results \
      does not matter.

      Names in evidence are untrusted: control characters and text direction marks in them are shown as \\xHH. \
      There are two exceptions: jsonl escapes them, and sarif percent-encodes paths.

      Exit status: 0 the reports are written; 2 results that cannot be read, or reports that cannot be written.
      """)

  @Argument(
    help: ArgumentHelp(
      "Cases, results of trawl scan --format jsonl or of trawl merge, or folders of such files.",
      valueName: "results"),
    completion: .file(), transform: RawArgument.path)
  var results: [RawPath] = []

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Formats of the reports: \(ReportFormat.names.joined(separator: ", ")).", valueName: "format"),
    completion: .list(ReportFormat.names), transform: FormatValue.init)
  var format: [FormatValue] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the reports into this folder; without it, one report goes to stdout.",
      valueName: "folder"),
    completion: .directory, transform: RawArgument.path)
  var output: RawPath?

  @OptionGroup(title: "Compliance report") var compliance: ComplianceOptions

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  /// A value behind `--format`: formats, or results that follow the last one of them.
  enum FormatValue {
    case formats([ReportFormat])
    case results(RawPath)

    init(_ text: String) throws {
      let names = text.split(separator: ",").map(String.init)
      let formats = names.compactMap(ReportFormat.init)
      if !formats.isEmpty, formats.count == names.count {
        self = .formats(formats)
        return
      }
      let path = try RawArgument.path(text)
      guard path.withCString({ access($0, F_OK) }) == 0 else {
        throw ValidationError(
          "\(path.shown) is neither a format (\(ReportFormat.names.joined(separator: ", "))) nor a file."
        )
      }
      self = .results(path)
    }
  }

  private var formats: Set<ReportFormat> {
    format.reduce(into: []) { if case .formats(let formats) = $1 { $0.formUnion(formats) } }
  }

  private var allResults: [RawPath] {
    results + format.compactMap { if case .results(let path) = $0 { path } else { nil } }
  }

  func validate() throws {
    guard !formats.isEmpty else {
      throw ValidationError("Name a format: \(ReportFormat.names.joined(separator: ", ")).")
    }
    guard !allResults.isEmpty else { throw ValidationError("Name at least one file of results.") }
    guard output != nil || formats.count == 1 else {
      throw ValidationError("Several reports need a folder: --output.")
    }
  }

  func run() throws {
    BrokenPipe.ignoreSignal()
    let terminal = look.terminal()
    do {
      let results = try ResultSet(ResultOptions.sources(at: allResults))
      try ResultNotes.say(of: results, to: terminal)
      try write(results, terminal)
    } catch is BrokenPipe {
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      throw Failure.end(saying: error)
    }
  }

  private func write(_ results: ResultSet, _ terminal: Terminal) throws {
    if let output {
      let made = output.withCString { mkdir($0, 0o777) }
      guard made == 0 || errno == EEXIST else {
        throw Failure("\(output.shown): \(String(cString: strerror(errno)))")
      }
    }
    var exports = ResultExports(results)
    var files = [(path: RawPath, file: OutputFile)]()
    for format in ReportFormat.allCases where formats.contains(format) {
      var outputs: [any TextOutput] = [StandardOutput()]
      if let output {
        let paths = format.fileNames.map { output.appending(RawPath($0)) }
        let opened = try paths.map { try OutputFile($0) }
        files += zip(paths, opened).map { ($0, $1) }
        outputs = opened
      }
      if let export = format.export {
        try exports.add(export, to: outputs)
      } else {
        try writeCompliance(of: results, to: outputs)
      }
    }
    try exports.write()
    for (path, file) in files {
      try file.finish()
      terminal.message("wrote \(path.shown)")
    }
  }

  private func writeCompliance(of results: ResultSet, to outputs: [any TextOutput]) throws {
    let report = try ComplianceReport(
      results, earlier: try compliance.earlierResults(), directives: Directive.kaspersky,
      options: compliance.options)
    try outputs[0].write(report.html)
    if outputs.count > 1 { try outputs[1].write(report.markdown) }
  }
}
