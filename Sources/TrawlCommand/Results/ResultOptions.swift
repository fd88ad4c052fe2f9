import ArgumentParser
import Bytes
import Cases
import Reports
import Results

/// Results of earlier scans, as arguments.
struct ResultOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Cases, results of trawl scan --format jsonl or of trawl merge, or folders of such files.",
      valueName: "results"),
    completion: .file(), transform: RawArgument.path)
  var results: [RawPath]

  func validate() throws {
    guard !results.isEmpty else { throw ValidationError("Name at least one file of results.") }
  }

  /// The sources at these paths, each file once.
  static func sources(at paths: [RawPath]) throws -> [any ResultSource] {
    try ResultFiles.files(at: paths).map(source(at:))
  }

  /// The case or the JSON Lines in a file.
  static func source(at path: RawPath) throws -> any ResultSource {
    if CaseReader.isCase(path) { return try CaseSource(path) }
    return JSONLinesSource(path)
  }
}

/// Reports unreadable parts of results on stderr.
enum ResultNotes {
  private static let most = 20

  /// Prints each line that cannot be parsed, up to a limit, and each incomplete scan.
  static func say(of results: ResultSet, to terminal: Terminal) throws {
    var shown = 0
    var omitted = 0
    try results.read { entry, scan in
      guard case .defect(let defect) = entry.record else { return }
      guard shown < most else {
        omitted += 1
        return
      }
      shown += 1
      terminal.message(
        Printable.text("\(scan.source.shown), line \(defect.line): \(defect.message)"))
    }
    if omitted > 0 { terminal.message("\(omitted) more lines cannot be read") }
    for scan in results.scans.prefix(most) where scan.summary == nil {
      terminal.message(
        "\(scan.source.shown): no summary: these results were cut off, so they are incomplete")
    }
  }
}
