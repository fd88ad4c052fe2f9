/// Statements of a Turtle text: the property values of each subject.
struct TurtleGraph {
  struct Value {
    /// An IRI, or the text of a literal.
    let text: String
    /// IRI of the literal's type; empty for an untyped literal and for an IRI.
    let type: String
  }

  private var statements: [String: [String: [Value]]] = [:]
  private var prefixes: [String: String] = [:]
  private var count = 0

  /// Limit of statements, far above the need of an image; each takes some 200 bytes of memory.
  private static let maximumStatements = 1 << 17
  private static let type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

  /// Parses a text; nil if it is not Turtle, or exceeds the subset that AFF4 writes. Keeps only
  /// `properties` and types.
  init?(_ text: [UInt8], properties: Set<String>) {
    var tokens = TurtleTokens(text)
    while true {
      guard let token = tokens.next() else { return nil }
      switch token {
      case .end: return
      case .word("@prefix"), .word("PREFIX"), .word("prefix"), .word("@base"), .word("BASE"):
        guard declare(token, &tokens) else { return nil }
      default:
        guard let subject = iri(token), state(subject, &tokens, properties) else {
          return nil
        }
      }
    }
  }

  /// Subjects in sorted order.
  var subjects: [String] { statements.keys.sorted() }

  func values(_ subject: String, _ property: String) -> [Value] {
    statements[subject]?[property] ?? []
  }

  func types(_ subject: String) -> [String] { values(subject, Self.type).map(\.text) }

  /// Parses `@prefix name: <iri> .`, or the form without the at sign and the full stop.
  private mutating func declare(_ directive: TurtleTokens.Token, _ tokens: inout TurtleTokens)
    -> Bool
  {
    guard case .word(let name) = directive else { return false }
    if name == "@prefix" || name.lowercased() == "prefix" {
      guard case .word(let prefix) = tokens.next(), prefix.hasSuffix(":"),
        case .iri(let iri) = tokens.next()
      else { return false }
      prefixes[String(prefix.dropLast())] = iri
    } else {
      guard case .iri = tokens.next() else { return false }
    }
    return !name.hasPrefix("@") || tokens.next() == .mark(UInt8(ascii: "."))
  }

  /// Parses everything up to the full stop that ends a subject.
  private mutating func state(
    _ subject: String, _ tokens: inout TurtleTokens, _ kept: Set<String>
  ) -> Bool {
    var verb = tokens.next()
    while true {
      // The last property may also end with a semicolon.
      if verb == .mark(UInt8(ascii: ".")) { return true }
      guard let word = verb, let property = word == .word("a") ? Self.type : iri(word) else {
        return false
      }
      var following: TurtleTokens.Token?
      repeat {
        guard let (value, token) = value(&tokens) else { return false }
        following = token
        guard kept.contains(property) || property == Self.type else { continue }
        count += 1
        guard count <= Self.maximumStatements else { return false }
        statements[subject, default: [:]][property, default: []].append(value)
      } while following == .mark(UInt8(ascii: ","))
      if following == .mark(UInt8(ascii: ".")) { return true }
      guard following == .mark(UInt8(ascii: ";")) else { return false }
      verb = tokens.next()
      while verb == .mark(UInt8(ascii: ";")) { verb = tokens.next() }
    }
  }

  /// Parses a value and the following token.
  private func value(_ tokens: inout TurtleTokens) -> (Value, TurtleTokens.Token)? {
    guard let token = tokens.next() else { return nil }
    switch token {
    case .literal(let text):
      guard let following = tokens.next() else { return nil }
      guard following == .mark(UInt8(ascii: "^")) else {
        return (Value(text: text, type: ""), following)
      }
      guard let name = tokens.next(), let type = iri(name), let behind = tokens.next() else {
        return nil
      }
      return (Value(text: text, type: type), behind)
    case .iri, .word:
      guard let text = iri(token), let following = tokens.next() else { return nil }
      return (Value(text: text, type: ""), following)
    case .mark, .end: return nil
    }
  }

  /// IRI of a word; a number or `true` stands for itself.
  private func iri(_ token: TurtleTokens.Token) -> String? {
    switch token {
    case .iri(let iri): return iri
    case .word(let word):
      guard let colon = word.utf8.firstIndex(of: UInt8(ascii: ":")) else { return word }
      let local = String(word[word.index(after: colon)...])
      let prefix = String(word[..<colon])
      return prefixes[prefix].map { $0 + local } ?? word
    case .literal, .mark, .end: return nil
    }
  }
}
