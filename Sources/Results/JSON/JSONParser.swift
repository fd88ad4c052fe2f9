/// A text that is not JSON, or exceeds a limit, with the byte where that shows.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let offset: Int
  package let problem: String

  package var description: String { "\(problem) at byte \(offset)" }
}

extension JSON {
  /// Bounds for a text from an untrusted file.
  package struct Limits: Sendable {
    /// Nesting of arrays and objects.
    package var depth = 32
    /// Number of values, counting each member of an array or object.
    package var values = 2_000_000

    package init() {}
  }

  /// Parses one JSON value (RFC 8259). Repeated keys are an error, because readers differ in
  /// which of them counts. Integers stay exact up to 64 bits.
  package init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }

  /// The member of an object; nil if this is no object, or the key is absent or null.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key {
      if case .null? = member.value { return nil }
      return member.value
    }
    return nil
  }
}

/// Recursive descent over bytes, bounded by ``JSON/Limits``.
private struct JSONParser {
  private let bytes: [UInt8]
  private let limits: JSON.Limits
  private var position = 0
  private var values = 0

  init(bytes: [UInt8], limits: JSON.Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("text behind the value") }
    return value
  }

  private func error(_ problem: String) -> JSONError {
    JSONError(offset: position, problem: problem)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    values += 1
    guard values <= limits.values else { throw error("more than \(limits.values) values") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return try number()
    case nil: throw error("the text ends early")
    default: throw error("no JSON value")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let count = word.utf8CodeUnitCount
    let isThere =
      bytes.count - position >= count
      && word.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
    guard isThere else { throw error("no JSON value") }
    position += count
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    guard depth < limits.depth else { throw error("nested deeper than \(limits.depth)") }
    position += 1
    var members: [(key: String, value: JSON?)] = []
    var keys = KeySet()
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("no key") }
      let key = try string()
      guard keys.insert(key, to: members) else { throw error("a repeated key") }
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw error("no colon") }
      position += 1
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      switch next {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(members)
      default: throw error("an object without an end")
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    guard depth < limits.depth else { throw error("nested deeper than \(limits.depth)") }
    position += 1
    var elements = [JSON]()
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      switch next {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(elements)
      default: throw error("an array without an end")
      }
    }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    if next == UInt8(ascii: "-") { position += 1 }
    guard isDigit(next) else { throw error("no digit") }
    let isZero = next == UInt8(ascii: "0")
    while isDigit(next) { position += 1 }
    guard !isZero || position - start == (bytes[start] == UInt8(ascii: "-") ? 2 : 1) else {
      throw error("a number with a leading zero")
    }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      guard isDigit(next) else { throw error("no digit") }
      while isDigit(next) { position += 1 }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard isDigit(next) else { throw error("no digit") }
      while isDigit(next) { position += 1 }
    }
    guard position - start <= 64 else { throw error("a number of more than 64 characters") }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    if isWhole, let unsigned = UInt64(text) { return .unsigned(unsigned) }
    guard let number = Double(text), number.isFinite else { throw error("a number out of range") }
    return .number(number)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    var text = String(validating: bytes[start..<position], as: UTF8.self)
    if next != UInt8(ascii: "\"") {
      var unescaped = Array(bytes[start..<position])
      try rest(of: &unescaped)
      text = String(validating: unescaped, as: UTF8.self)
    }
    guard let text else { throw error("text that is not UTF-8") }
    position += 1
    return text
  }

  /// Appends the rest of a string with its escapes replaced, up to the closing quote.
  private mutating func rest(of text: inout [UInt8]) throws(JSONError) {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &text)
      case ..<0x20: throw error("a control character in a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("a string without an end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw error("a string without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      text.append(contentsOf: String(try scalar(startingWith: unit)).utf8)
    default: throw error("an unknown escape")
    }
  }

  /// The scalar of one or two `\u` escapes; half of a surrogate pair becomes U+FFFD.
  private mutating func scalar(startingWith unit: UInt32) throws(JSONError) -> Character {
    if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
    let isHigh = (0xD800..<0xDC00).contains(unit)
    guard isHigh, bytes.count - position >= 6, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    let mark = position
    position += 2
    let low = try codeUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else {
      position = mark
      return "\u{FFFD}"
    }
    return Character(scalar)
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    guard bytes.count - position >= 4 else { throw error("a string without an end") }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch bytes[position] {
      case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
      case let byte where (0x41...0x46).contains(byte): digit = byte - 0x37
      case let byte where (0x61...0x66).contains(byte): digit = byte - 0x57
      default: throw error("no hexadecimal digit")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}

/// Keys of an object. Most have few, which are compared faster than hashed; a hostile one has
/// many, so that comparing each with all others would take too long.
private struct KeySet {
  private var many: Set<String>?
  private static let few = 24

  /// Whether `key` is none of those of the members before it.
  mutating func insert(_ key: String, to members: [(key: String, value: JSON?)]) -> Bool {
    if many == nil {
      guard members.count >= Self.few else { return !members.contains { $0.key == key } }
      many = Set(members.map(\.key))
    }
    return many!.insert(key).inserted
  }
}
