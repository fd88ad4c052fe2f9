/// Text in which LVM2 describes a volume group: nested named sections that contain keys with
/// numbers, texts, or lists of both. Source: lvm2, lib/config/config.c ("file", "section",
/// "value").
struct LvmText {
  /// A section; its subsections are in the order of the text.
  struct Section {
    fileprivate(set) var values: [String: [Value]] = [:]
    fileprivate(set) var sections: [Named] = []

    func section(_ name: String) -> Section? { sections.first { $0.name == name }?.content }

    func number(_ key: String) -> UInt64? {
      guard case .number(let number)? = values[key]?.first else { return nil }
      return number
    }

    func text(_ key: String) -> String? {
      guard case .text(let text)? = values[key]?.first else { return nil }
      return text
    }
  }

  /// A section with its name.
  struct Named {
    let name: String
    let content: Section
  }

  enum Value: Hashable {
    case number(UInt64)
    case text(String)
    /// A negative number or a fraction, such as `read_ahead = -1`: no key that is used has one.
    case otherNumber
  }

  private let bytes: [UInt8]
  private var position = 0

  /// Nesting limit; the sections of a group are four deep.
  private static let maximumDepth = 16

  /// Parses the whole text; nil if it is not valid.
  static func parse(_ bytes: [UInt8]) -> Section? {
    var text = LvmText(bytes: bytes)
    return text.section(depth: 0)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Parses to the end of a section, or of the text for the outermost one.
  private mutating func section(depth: Int) -> Section? {
    guard depth < Self.maximumDepth else { return nil }
    var section = Section()
    while let byte = next() {
      if byte == UInt8(ascii: "}") {
        position += 1
        return depth > 0 ? section : nil
      }
      let name = word()
      guard !name.isEmpty, let separator = next() else { return nil }
      position += 1
      switch separator {
      case UInt8(ascii: "{"):
        guard let content = self.section(depth: depth + 1) else { return nil }
        section.sections.append(Named(name: name, content: content))
      case UInt8(ascii: "="):
        guard let values = self.values() else { return nil }
        section.values[name] = values
      default: return nil
      }
    }
    return depth == 0 ? section : nil
  }

  private mutating func values() -> [Value]? {
    guard next() == UInt8(ascii: "[") else { return value().map { [$0] } }
    position += 1
    var values = [Value]()
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "]"):
        position += 1
        return values
      case UInt8(ascii: ","): position += 1
      default:
        guard let value = self.value() else { return nil }
        values.append(value)
      }
    }
    return nil
  }

  private mutating func value() -> Value? {
    guard next() == UInt8(ascii: "\"") else { return number() }
    position += 1
    var text = [UInt8]()
    while position < bytes.count {
      defer { position += 1 }
      switch bytes[position] {
      case UInt8(ascii: "\""): return .text(String(decoding: text, as: UTF8.self))
      case UInt8(ascii: "\\") where position + 1 < bytes.count:
        position += 1
        text.append(bytes[position])
      case let byte: text.append(byte)
      }
    }
    return nil
  }

  private mutating func number() -> Value? {
    let word = word()
    if let number = UInt64(word) { return .number(number) }
    guard let first = word.utf8.first, "+-.0123456789".utf8.contains(first), Double(word) != nil
    else { return nil }
    return .otherNumber
  }

  /// Parses a name of letters, digits and other name characters; empty if there is none.
  private mutating func word() -> String {
    _ = next()
    let start = position
    while position < bytes.count, Self.isOfWord(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// Returns the next byte after spaces and comments; nil at the end, and after a zero byte,
  /// which ends the text.
  private mutating func next() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0: return nil
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "#"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      case let byte: return byte
      }
    }
    return nil
  }
}
