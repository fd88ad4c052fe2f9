package import Bytes

/// The results of one or more scans, which can be read any number of times.
///
/// The records of a scan follow each other and end with its summary. A scan without a summary was
/// truncated, and counts as incomplete.
package protocol ResultSource: Sendable {
  /// Name for messages: a file, a case.
  var name: RawPath { get }

  /// Calls `body` with each record in order. An error of `body` ends the reading and is rethrown.
  func read(_ body: (ResultEntry) throws -> Void) throws
}

/// JSON Lines as `trawl scan --format jsonl` writes them, or several of these texts one after
/// another, as `trawl merge` does.
package struct JSONLinesSource: ResultSource {
  package let name: RawPath

  /// The file at `path`, which is opened for each reading.
  package init(_ path: RawPath) { name = path }

  package func read(_ body: (ResultEntry) throws -> Void) throws {
    var reader = try LineReader(name)
    while let line = try reader.next() {
      switch line {
      case .tooLong(let number):
        try body(
          ResultEntry(
            defect: ResultDefect(line: number, message: "longer than \(LineReader.longest) bytes")))
      case .text(let bytes, let number):
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
        try body(ResultEntry(line: bytes, number: number))
      }
    }
  }
}
