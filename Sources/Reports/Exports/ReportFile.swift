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

  package func write(_ json: JSON) throws { try write(json.line) }

  /// Writes the pending text.
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
  init(_ results: ResultSet, to files: [ReportFile]) throws

  /// Adds an entry of a scan.
  mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws

  /// Completes the files.
  mutating func finish() throws
}

/// Reports that are written together, so that the results are read once for all of them.
package struct ResultExports {
  private var reports: [any ResultExport] = []
  private var files: [ReportFile] = []
  private let results: ResultSet

  package init(_ results: ResultSet) { self.results = results }

  /// Adds a report, written into `outputs`: one for each of its file names, or only the first.
  package mutating func add(_ type: any ResultExport.Type, to outputs: [any TextOutput]) throws {
    let files = outputs.map(ReportFile.init)
    reports.append(try type.init(results, to: files))
    self.files += files
  }

  /// Writes all reports.
  package mutating func write() throws {
    guard !reports.isEmpty else { return }
    try results.read { entry, scan in
      for index in reports.indices { try reports[index].add(entry, of: scan) }
    }
    for index in reports.indices { try reports[index].finish() }
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
