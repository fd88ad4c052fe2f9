import Bytes
import Cases
import Results

/// The results that a case holds: the lines of `trawl case export --format jsonl`.
struct CaseSource: ResultSource {
  let name: RawPath
  private let reader: CaseReader

  /// Opens the case at `path`.
  init(_ path: RawPath) throws(CaseError) {
    name = path
    reader = try CaseReader(path)
  }

  func read(_ body: (ResultEntry) throws -> Void) throws {
    var number = 0
    try reader.forEachLine { line in
      number += 1
      try body(ResultEntry(line: Array(line.utf8), number: number))
    }
  }
}
