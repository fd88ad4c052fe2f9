/// Rows of text in columns as wide as their widest cell.
public struct TextTable {
  private let titles: [String]
  private var rows: [[String]] = []

  /// A table with these column titles and no rows.
  public init(_ titles: [String]) { self.titles = titles }

  /// Adds a row with one cell per column.
  public mutating func add(_ row: [String]) { rows.append(row) }

  /// The table with its titles, one line per row; the last column is not padded.
  public var text: String {
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      zip(row, widths).enumerated().map { column, cell in
        column == titles.count - 1
          ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
