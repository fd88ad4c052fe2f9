import ArgumentParser
import Bytes
import Cases
import Reports
import Results

/// Arguments that every listing of a case has.
struct CaseListingArguments: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, jsonl, csv
  }

  @Argument(help: "The case.", completion: .file(), transform: RawArgument.path)
  var file: RawPath

  @Option(help: "Format of the listing.")
  var format = Format.table

  /// Writes a listing to standard output.
  func write(_ listing: CaseListing) throws {
    BrokenPipe.ignoreSignal()
    do {
      let output = StandardOutput()
      let writer = CaseListingWriter(listing, format, output)
      try CaseReader(file).forEachRow(of: listing, writer.write)
      try writer.finish()
    } catch is BrokenPipe {
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      throw Failure.end(saying: error)
    }
  }
}

/// Writes the rows of a listing as a table, JSON Lines or CSV, without keeping all of them.
final class CaseListingWriter {
  private let listing: CaseListing
  private let format: CaseListingArguments.Format
  private let output: any TextOutput
  /// Positions of the columns that are written.
  private let columns: [Int]
  /// Text that is written with the next piece.
  private var pending = ""
  private var rows = 0
  /// First rows of a table, which give its columns their widths.
  private var first: [[String]] = []
  private var widths: [Int]?

  private static let rowsOfWidths = 1000
  private static let pieceLength = 1 << 16

  init(_ listing: CaseListing, _ format: CaseListingArguments.Format, _ output: any TextOutput) {
    self.listing = listing
    self.format = format
    self.output = output
    let names = format == .table ? listing.shownColumns : listing.columns
    columns = names.compactMap { listing.columns.firstIndex(of: $0) }
    if format == .csv { pending = Self.csv(listing.columns) }
  }

  /// Writes one row.
  func write(_ row: CaseListing.Row) throws {
    rows += 1
    switch format {
    case .jsonl: pending += (row.line ?? json(row)) + "\n"
    case .csv: pending += Self.csv(row.cells.map(Self.text))
    case .table:
      let cells = columns.map { Printable.text(Self.text(row.cells[$0])) }
      if widths == nil {
        first.append(cells.map { $0.isEmpty ? "-" : $0 })
        if first.count == Self.rowsOfWidths { beginTable() }
      } else {
        pending += line(cells.map { $0.isEmpty ? "-" : $0 })
      }
    }
    if pending.utf8.count >= Self.pieceLength { try flush() }
  }

  /// Writes the rest of the buffer.
  func finish() throws {
    if format == .table, widths == nil, rows > 0 { beginTable() }
    try flush()
  }

  private func flush() throws {
    guard !pending.isEmpty else { return }
    try output.write(pending)
    pending = ""
  }

  private func beginTable() {
    let titles = columns.map { listing.columns[$0].uppercased().replacing("_", with: " ") }
    widths = titles.indices.map { column in
      max(titles[column].count, first.map { $0[column].count }.max() ?? 0)
    }
    for row in [titles] + first { pending += line(row) }
    first = []
  }

  private func line(_ cells: [String]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() {
      text += cell
      guard column < cells.count - 1 else { break }
      text += String(repeating: " ", count: max(0, (widths?[column] ?? 0) - cell.count) + 2)
    }
    return text + "\n"
  }

  private func json(_ row: CaseListing.Row) -> String {
    JSON.object(
      zip(listing.columns, row.cells).map { name, cell in
        let value: JSON? =
          switch cell {
          case .absent: nil
          case .text(let text): .string(text)
          case .number(let number): .unsigned(number)
          }
        return (name, value)
      }
    ).line
  }

  private static func text(_ cell: CaseListing.Cell) -> String {
    switch cell {
    case .absent: ""
    case .text(let text): text
    case .number(let number): String(number)
    }
  }

  /// One record (RFC 4180): cells with a comma, a quote or a line break are quoted.
  private static func csv(_ cells: [String]) -> String {
    cells.map { cell in
      let mustQuote = cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
      return mustQuote ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\r\n"
  }
}
