package import Results

/// Text of one report file, collected into pieces: a report writes many short texts.
package final class ReportFile {
  private let output: any TextOutput
  private var pending = ""
  private static let pieceSize = 1 << 16

  package init(_ output: any TextOutput) { self.output = output }

  /// Adds text.
  package func write(_ text: String) throws {
    pending += text
    if pending.utf8.count >= Self.pieceSize { try flush() }
  }

  func write(_ json: JSON) throws { try write(json.line) }

  /// Passes on what is pending.
  package func flush() throws {
    guard !pending.isEmpty else { return }
    try output.write(pending)
    pending = ""
  }
}

/// A report on results in a public format: entries in, files out.
package protocol ResultExport {
  /// Names of its files; the first one goes to stdout if no folder is named.
  static var fileNames: [String] { get }

  /// A report into `files`, one for each of ``fileNames``.
  init(_ results: ResultSet, to files: [ReportFile])

  /// Adds an entry of a scan.
  mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws

  /// Completes the files.
  mutating func finish() throws
}

extension ResultExport {
  /// Writes the whole report into `outputs`, one for each of ``fileNames``.
  package static func write(_ results: ResultSet, to outputs: [any TextOutput]) throws {
    let files = outputs.map(ReportFile.init)
    var report = Self(results, to: files)
    try results.read { try report.add($0, of: $1) }
    try report.finish()
    for file in files { try file.flush() }
  }
}

/// A JSON array that is written element by element.
struct JSONArrayWriter {
  private var isEmpty = true

  mutating func add(_ element: JSON, to file: ReportFile) throws {
    try file.write(isEmpty ? "\n" : ",\n")
    isEmpty = false
    try file.write(element)
  }
}
