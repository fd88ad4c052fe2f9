extension ResultEntry {
  /// The line in canonical form: keys in their order, one way to write each value. A line that is
  /// no JSON object becomes a record of the type `defect`.
  package var line: String {
    if case .object(let members)? = json, !members.isEmpty { return JSON.object(members).line }
    guard case .defect(let defect) = record else { return "" }
    return JSON.object([
      ("schema", .integer(1)), ("type", .string("defect")), ("line", .integer(Int64(defect.line))),
      ("message", .string(defect.message)),
    ]).line
  }

  /// The line without the labels of merged results. Results of a single scan have none; if some
  /// claim to, they must not name another machine.
  var unlabelledLine: String {
    guard case .object(let members)? = json else { return line }
    let others = members.filter { $0.key != "machine" && $0.key != "scan" }
    return others.isEmpty ? "{\"schema\":0}" : JSON.object(others).line
  }
}
