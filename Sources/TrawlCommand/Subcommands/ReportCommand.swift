import ArgumentParser
import Bytes
import Catalogue
import Evidence
import Glibc
import Profiles
import Reports
import Results

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes reports on the results of scans, for people and for other tools.",
    discussion: """
      Names in evidence are untrusted: control characters and text direction marks in them are shown as \\xHH \
      in every format except jsonl, where they are escaped.

      Exit status: 0 the reports are written; 2 results that cannot be read, or reports that cannot be written.
      """)

  @OptionGroup var input: ResultOptions

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp("Formats of the reports.", valueName: "format"))
  var format: [ReportFormat]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the reports into this folder; without it, one report goes to stdout.",
      valueName: "folder"),
    completion: .directory, transform: RawArgument.path)
  var output: RawPath?

  @OptionGroup(title: "Compliance report") var compliance: ComplianceOptions

  func validate() throws {
    guard !format.isEmpty else {
      throw ValidationError(
        "Name a format: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard output != nil || Set(format).count == 1 else {
      throw ValidationError("Several reports need a folder: --output.")
    }
  }

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func run() throws {
    BrokenPipe.ignoreSignal()
    let terminal = look.terminal()
    do {
      let results = try ResultSet(ResultOptions.sources(at: input.results))
      try ResultNotes.say(of: results, to: terminal)
      for format in ReportFormat.allCases where self.format.contains(format) {
        try write(format, of: results, terminal)
      }
    } catch is BrokenPipe {
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      throw Failure.end(saying: error)
    }
  }

  private func write(_ format: ReportFormat, of results: ResultSet, _ terminal: Terminal) throws {
    guard let output else {
      try format.write(results, to: [StandardOutput()], compliance)
      return
    }
    let made = output.withCString { mkdir($0, 0o777) }
    guard made == 0 || errno == EEXIST else {
      throw Failure("\(output.shown): \(String(cString: strerror(errno)))")
    }
    let paths = format.fileNames.map { output.appending(RawPath($0)) }
    let files = try paths.map(OutputFile.init)
    try format.write(results, to: files, compliance)
    for file in files { try file.finish() }
    for path in paths { terminal.message("wrote \(path.shown)") }
  }
}

/// Formats of `trawl report`.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case html, compliance, csv, jsonl, sarif, dfxml, stix, `case`, bodyfile, timesketch

  private var export: (any ResultExport.Type)? {
    switch self {
    case .html: HTMLExport.self
    case .compliance: nil
    case .csv: CSVExport.self
    case .jsonl: JSONLinesExport.self
    case .sarif: SARIFExport.self
    case .dfxml: DFXMLExport.self
    case .stix: STIXExport.self
    case .case: CASEExport.self
    case .bodyfile: BodyfileExport.self
    case .timesketch: TimesketchExport.self
    }
  }

  var fileNames: [String] { export?.fileNames ?? ["compliance.html", "compliance.md"] }

  /// Writes the report into one output for each of ``fileNames``, or its first part into one.
  func write(
    _ results: ResultSet, to outputs: [any TextOutput], _ options: ComplianceOptions
  ) throws {
    if let export { return try export.write(results, to: outputs) }
    let report = ComplianceReport(
      results, earlier: try options.earlierResults(), directives: Directive.kaspersky,
      options: options.options)
    try outputs[0].write(try report.html())
    if outputs.count > 1 { try outputs[1].write(try report.markdown()) }
  }
}

/// Options of the compliance report: what the results do not hold.
struct ComplianceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Who reports.", valueName: "name"))
  var organisation = ""

  @Option(
    help: ArgumentHelp(
      "First day of the periods, such as 2017-09-13; by default the day of the directive.",
      valueName: "date"),
    transform: ComplianceOptions.date)
  var start: CalendarDate?

  @Option(
    help: ArgumentHelp(
      "Day on which a product was identified; by default the day of the first scan that found one.",
      valueName: "date"),
    transform: ComplianceOptions.date)
  var discovered: CalendarDate?

  @Option(
    help: ArgumentHelp(
      "Earlier results of the same machines, to show the progress of the removal; repeatable.",
      valueName: "results"),
    completion: .file(), transform: RawArgument.path)
  var earlier: [RawPath] = []

  var options: ComplianceReport.Options {
    var options = ComplianceReport.Options()
    options.organisation = organisation
    options.company = VendorProfile.kaspersky.company
    options.start = start
    options.discovery = discovered
    return options
  }

  func earlierResults() throws -> [ResultSet] {
    try earlier.map { try ResultSet(ResultOptions.sources(at: [$0])) }
  }

  private static func date(_ text: String) throws -> CalendarDate {
    guard let date = CalendarDate(text) else {
      throw ValidationError("A date has the form 2017-09-13.")
    }
    return date
  }
}
