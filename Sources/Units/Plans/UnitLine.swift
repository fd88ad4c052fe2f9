import Bytes
internal import FoundationEssentials
import Results

/// Lines of plans and of unit results: JSON objects with `schema` and `type`, then the members of a value.
///
/// Both files may come from other machines. A line is parsed within the limits of ``JSON/Limits`` before a value is
/// decoded from it.
package enum UnitLine {
  private static let schema: Int64 = 1

  /// The object of a value as text, without a line end. Equal values give equal texts.
  package static func text(_ type: String, _ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var members: [(key: String, value: JSON?)] = [
      ("schema", .integer(schema)), ("type", .string(type)),
    ]
    if case .object(let others) = try JSON(parsing: Array(try encoder.encode(value))) {
      members += others
    }
    return JSON.object(members).line
  }

  /// The type of a line; nil if it is no object of a schema that is known.
  package static func type(of line: [UInt8]) -> String? {
    guard let json = try? JSON(parsing: line), case .integer(schema)? = json["schema"],
      case .string(let type)? = json["type"]
    else { return nil }
    return type
  }

  /// Decodes the value of a line whose ``type(of:)`` is known.
  package static func value<Value: Decodable>(_ type: Value.Type, of line: [UInt8]) throws -> Value
  {
    try JSONDecoder().decode(type, from: Data(line))
  }
}
