import Bytes
import Evidence
internal import FoundationEssentials

/// A key that is missing, or holds the wrong kind of value.
package struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Typed access to the members of a JSON object. Absent keys are nil, values of another type are
/// errors: they must not count as absent.
struct Fields {
  private let json: JSON

  init(_ json: JSON) { self.json = json }

  func required<Value>(_ key: String, _ value: Value?) throws(FieldError) -> Value {
    guard let value else { throw FieldError("no \(key)") }
    return value
  }

  func text(_ key: String) throws(FieldError) -> String? {
    switch json[key] {
    case nil: return nil
    case .string(let text)?: return text
    default: throw FieldError("\(key): not a text")
    }
  }

  func unsigned(_ key: String) throws(FieldError) -> UInt64? {
    switch json[key] {
    case nil: return nil
    case .integer(let number)? where number >= 0: return UInt64(number)
    case .unsigned(let number)?: return number
    default: throw FieldError("\(key): not a whole number")
    }
  }

  func count(_ key: String) throws(FieldError) -> Int { Int(clamping: try unsigned(key) ?? 0) }

  func number(_ key: String) throws(FieldError) -> Double? {
    switch json[key] {
    case nil: return nil
    case .integer(let number)?: return Double(number)
    case .unsigned(let number)?: return Double(number)
    case .number(let number)?: return number
    default: throw FieldError("\(key): not a number")
    }
  }

  func flag(_ key: String) throws(FieldError) -> Bool? {
    switch json[key] {
    case nil: return nil
    case .boolean(let flag)?: return flag
    default: throw FieldError("\(key): not true or false")
    }
  }

  private func elements(_ key: String) throws(FieldError) -> [JSON] {
    switch json[key] {
    case nil: return []
    case .array(let elements)?: return elements
    default: throw FieldError("\(key): not an array")
    }
  }

  func texts(_ key: String) throws(FieldError) -> [String] {
    var texts = [String]()
    for element in try elements(key) {
      guard case .string(let text) = element else { throw FieldError("\(key): not texts") }
      texts.append(text)
    }
    return texts
  }

  func objects<Value>(
    _ key: String, _ body: (Fields) throws(FieldError) -> Value
  ) throws(FieldError) -> [Value] {
    var values = [Value]()
    for element in try elements(key) {
      guard case .object = element else { throw FieldError("\(key): not objects") }
      values.append(try body(Fields(element)))
    }
    return values
  }

  func object(_ key: String) throws(FieldError) -> Fields? {
    switch json[key] {
    case nil: return nil
    case .object?: return Fields(json[key]!)
    default: throw FieldError("\(key): not an object")
    }
  }

  /// Counts by name.
  func counts(_ key: String) throws(FieldError) -> [String: Int] {
    guard case .object(let members)? = json[key] else {
      if json[key] == nil { return [:] }
      throw FieldError("\(key): not an object")
    }
    var counts = [String: Int]()
    let fields = Fields(json[key]!)
    for member in members { counts[member.key] = try fields.count(member.key) }
    return counts
  }

  /// Texts by name.
  func names(_ key: String) throws(FieldError) -> [String: String] {
    guard case .object(let members)? = json[key] else {
      if json[key] == nil { return [:] }
      throw FieldError("\(key): not an object")
    }
    var names = [String: String]()
    for case (let key, .string(let text)?) in members { names[key] = text }
    return names
  }

  /// A path: its exact bytes in base64 if it is not UTF-8, else its text.
  func path(_ key: String) throws(FieldError) -> RawPath? {
    if let encoded = try text(key + "_base64") {
      guard let data = Data(base64Encoded: encoded) else {
        throw FieldError("\(key)_base64: not base64")
      }
      return RawPath(Array(data))
    }
    return try text(key).map { RawPath($0) }
  }

  /// A digest of that many bytes, as lower-case hexadecimal.
  func digest(_ key: String, bytes: Int) throws(FieldError) -> String? {
    guard let text = try text(key) else { return nil }
    let isDigest = text.utf8.count == 2 * bytes && text.utf8.allSatisfy { Self.isHexadecimal($0) }
    guard isDigest else { throw FieldError("\(key): not a digest") }
    return text
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  /// Bytes as hexadecimal.
  func bytes(_ key: String) throws(FieldError) -> [UInt8] {
    guard let text = try text(key) else { return [] }
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2), digits.allSatisfy({ Self.isHexadecimal($0) }) else {
      throw FieldError("\(key): not hexadecimal")
    }
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map {
      value(digits[$0]) << 4 | value(digits[$0 + 1])
    }
  }

  func time(_ key: String) throws(FieldError) -> Timestamp? {
    guard let text = try text(key) else { return nil }
    guard let time = Timestamp(rfc3339: text) else { throw FieldError("\(key): not a time") }
    return time
  }

  /// A member of a closed list.
  func choice<Value: RawRepresentable>(_ key: String, _ type: Value.Type) throws(FieldError)
    -> Value? where Value.RawValue == String
  {
    guard let text = try text(key) else { return nil }
    guard let value = Value(rawValue: text) else {
      throw FieldError("\(key): unknown value \(RawPath(text).shown)")
    }
    return value
  }

  /// Ranges of an image, as pairs of offset and length.
  func runs(_ key: String) throws(FieldError) -> [Run] {
    var runs = [Run]()
    for element in try elements(key) {
      guard case .array(let pair) = element, pair.count == 2,
        let offset = pair[0].unsigned, let length = pair[1].unsigned
      else { throw FieldError("\(key): not pairs of offset and length") }
      runs.append(Run(offset: offset, length: length))
    }
    return runs
  }

  func volume() throws(FieldError) -> Volume? {
    guard let fields = try object("volume") else { return nil }
    return Volume(
      index: try fields.count("index"), start: try fields.unsigned("start") ?? 0,
      length: try fields.unsigned("length") ?? 0, type: try fields.text("type") ?? "",
      name: try fields.text("name"))
  }

  func locator() throws(FieldError) -> Locator {
    Locator(
      evidence: try required("evidence", path("evidence")), volume: try volume(),
      path: try required("path", path("path")), stream: try path("stream"),
      state: try choice("state", AllocationState.self), runs: try runs("runs"))
  }
}

extension JSON {
  fileprivate var unsigned: UInt64? {
    switch self {
    case .integer(let number) where number >= 0: UInt64(number)
    case .unsigned(let number): number
    default: nil
    }
  }
}
