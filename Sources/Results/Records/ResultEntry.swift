/// One line of results: a record, and for merged results the scan that it belongs to.
package struct ResultEntry: Sendable {
  /// The line itself, with keys that this version does not know; nil for a line that is not JSON.
  package let json: JSON?
  /// The record.
  package var record: ResultRecord
  /// Machine that the results are about; absent in the results of a single scan.
  package var machine: String?
  /// Identifier of the scan; absent in the results of a single scan.
  package var scan: String?

  /// Decodes a line of JSON Lines. A line that cannot be understood becomes a
  /// ``ResultRecord/defect(_:)`` with that number.
  package init(line: [UInt8], number: Int) {
    do throws(JSONError) {
      self.init(json: try JSON(parsing: line), number: number)
    } catch {
      self.init(defect: ResultDefect(line: number, message: "not JSON: \(error)"))
    }
  }

  /// Decodes an object that was parsed before.
  package init(json: JSON, number: Int) {
    self.json = json
    let fields = Fields(json)
    do throws(FieldError) {
      record = try ResultRecord(fields)
    } catch {
      record = .defect(ResultDefect(line: number, message: "\(error)"))
    }
    machine = (try? fields.text("machine")) ?? nil
    scan = (try? fields.text("scan")) ?? nil
  }

  /// A line that cannot be read.
  package init(defect: ResultDefect) {
    json = nil
    record = .defect(defect)
  }
}

/// A record of results, with the keys that docs/output.md lists.
package enum ResultRecord: Hashable, Sendable {
  case finding(ResultFinding)
  case problem(ResultProblem)
  case product(ResultProduct)
  case context(ResultContext)
  case summary(ResultSummary)
  /// A line that cannot be parsed. Its content is unknown, so the results are incomplete.
  case defect(ResultDefect)
  /// A type of a later version, which may add some.
  case other(type: String)

  init(_ fields: Fields) throws(FieldError) {
    let schema = try fields.required("schema", fields.unsigned("schema"))
    guard schema == 1 else {
      throw FieldError("schema \(schema): only schema 1 is known; use a newer version of trawl")
    }
    let type = try fields.required("type", fields.text("type"))
    switch type {
    case "finding": self = .finding(try ResultFinding(fields))
    case "problem": self = .problem(try ResultProblem(fields))
    case "product": self = .product(try ResultProduct(fields))
    case "context": self = .context(try ResultContext(fields))
    case "summary": self = .summary(try ResultSummary(fields))
    case "defect": self = .defect(try ResultDefect(fields))
    default: self = .other(type: type)
    }
  }
}

/// A line of results that cannot be understood.
package struct ResultDefect: Hashable, Sendable {
  /// Number of the line in its file, from 1.
  package let line: Int
  /// The cause.
  package let message: String

  package init(line: Int, message: String) {
    self.line = line
    self.message = message
  }

  init(_ fields: Fields) throws(FieldError) {
    line = Int(clamping: try fields.unsigned("line") ?? 0)
    message = try fields.required("message", fields.text("message"))
  }
}
