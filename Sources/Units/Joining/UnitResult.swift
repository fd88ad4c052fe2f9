package import Bytes
import Results

/// The result of one unit, in a file that nobody trusts.
package struct UnitResult {
  package let path: RawPath
  package let header: PartHeader

  /// Opens a result; nil if the file holds something else.
  package init?(_ path: RawPath) throws {
    var reader = try LineReader(path)
    guard case .text(let line, _)? = try reader.next(),
      UnitLine.type(of: line) == PartLine.header
    else { return nil }
    guard let header = try? UnitLine.value(PartHeader.self, of: line),
      (0..<WorkPlan.mostUnits).contains(header.number),
      (1...WorkPlan.mostUnits).contains(header.of), header.number < header.of,
      header.ranks.allSatisfy({ $0 >= 0 })
    else { throw ResultError(path, "its first line is none of a unit's result") }
    self.path = path
    self.header = header
  }

  /// Whether the result can be read to its end.
  package var isComplete: Bool { (try? read { _ in }) != nil }

  /// A line of a result that is added to the whole.
  enum Line {
    /// A finding or problem.
    case record(ResultEntry)
    case piece(PartPiece)
    case end(PartEnd)
  }

  /// Calls `body` with each line that counts. Throws if a line cannot be understood, or the end is missing.
  func read(_ body: (Line) throws -> Void) throws {
    var reader = try LineReader(path)
    var hasEnd = false
    var isFirst = true
    while let line = try reader.next() {
      guard case .text(let bytes, let number) = line else {
        throw ResultError(path, "a line is longer than \(LineReader.longest) bytes")
      }
      defer { isFirst = false }
      if isFirst { continue }
      let entry = ResultEntry(line: bytes, number: number)
      switch entry.record {
      case .finding, .problem: try body(.record(entry))
      case .product, .context, .summary: break
      case .other(PartLine.piece): try body(.piece(decoded(PartPiece.self, bytes, number)))
      case .other(PartLine.end) where !hasEnd:
        hasEnd = true
        try body(.end(decoded(PartEnd.self, bytes, number)))
      case .other, .defect: throw ResultError(path, "line \(number) cannot be understood")
      }
    }
    guard hasEnd else { throw ResultError(path, "it was cut off") }
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ line: [UInt8], _ number: Int) throws
    -> Value
  {
    do { return try UnitLine.value(type, of: line) } catch {
      throw ResultError(path, "line \(number) cannot be understood")
    }
  }
}
