import Results

/// A text with places for values, in a subset of Mustache: `{{key}}` is escaped, `{{{key}}}` is not,
/// `{{#key}}…{{/key}}` repeats for each element of an array, enters an object, or shows its content
/// if the value is true or a text; `{{^key}}…{{/key}}` is the opposite. Keys are looked up in the
/// innermost object that has them; `{{.}}` is the element itself.
///
/// Own code, because the library for this loads all of Foundation with its Unicode tables, and
/// escapes characters instead of scalars: a quotation mark with a combining accent is another
/// character, passes, and ends an attribute.
struct PageTemplate {
  /// Rules of the target language.
  enum Language {
    case html, markdown

    func escaped(_ text: String) -> String {
      switch self {
      case .html: HTMLText.escaped(text)
      case .markdown: MarkdownText.escaped(text)
      }
    }
  }

  private indirect enum Part {
    case text(Substring)
    case value(String, isEscaped: Bool)
    case section(String, isInverted: Bool, [Part])
  }

  private let parts: [Part]
  private let language: Language

  /// Parses a template of ours; a mistake in it is a programming error.
  init(_ text: String, _ language: Language) {
    var rest = text[...]
    parts = Self.parts(of: &rest, until: nil)
    self.language = language
  }

  func render(_ values: JSON) -> String {
    var text = ""
    Self.write(parts, [values], language, to: &text)
    return text
  }

  private static func parts(of rest: inout Substring, until end: String?) -> [Part] {
    var parts = [Part]()
    while let open = rest.firstRange(of: "{{") {
      parts.append(.text(rest[..<open.lowerBound]))
      let isLineStart =
        open.lowerBound == rest.base.startIndex
        || rest.base[rest.base.index(before: open.lowerBound)] == "\n"
      rest = rest[open.upperBound...]
      let isRaw = rest.first == "{"
      guard let close = rest.firstRange(of: isRaw ? "}}}" : "}}") else {
        preconditionFailure("a tag without an end")
      }
      var tag = rest[..<close.lowerBound]
      rest = rest[close.upperBound...]
      if isRaw {
        parts.append(.value(String(tag.dropFirst()), isEscaped: false))
        continue
      }
      let mark = tag.first
      if mark == "#" || mark == "^" || mark == "/" { tag = tag.dropFirst() }
      let key = String(tag)
      switch mark {
      case "/":
        precondition(key == end, "{{/\(key)}} ends \(end ?? "nothing")")
        // A tag that is alone on its line leaves no empty line.
        if isLineStart, rest.first == "\n" { rest = rest.dropFirst() }
        return parts
      case "#", "^":
        if isLineStart, rest.first == "\n" { rest = rest.dropFirst() }
        let inner = self.parts(of: &rest, until: key)
        parts.append(.section(key, isInverted: mark == "^", inner))
      default: parts.append(.value(key, isEscaped: true))
      }
    }
    precondition(end == nil, "{{#\(end ?? "")}} has no end")
    parts.append(.text(rest))
    return parts
  }

  private static func write(
    _ parts: [Part], _ stack: [JSON], _ language: Language, to text: inout String
  ) {
    for part in parts {
      switch part {
      case .text(let part): text += part
      case .value(let key, let isEscaped):
        let value = shown(lookUp(key, stack))
        text += isEscaped ? language.escaped(value) : value
      case .section(let key, let isInverted, let inner):
        let value = lookUp(key, stack)
        if isInverted {
          if isEmpty(value) { write(inner, stack, language, to: &text) }
        } else if case .array(let elements)? = value {
          for element in elements { write(inner, stack + [element], language, to: &text) }
        } else if let value, !isEmpty(value) {
          write(inner, stack + [value], language, to: &text)
        }
      }
    }
  }

  private static func lookUp(_ key: String, _ stack: [JSON]) -> JSON? {
    if key == "." { return stack.last }
    for values in stack.reversed() { if let value = values[key] { return value } }
    return nil
  }

  private static func isEmpty(_ value: JSON?) -> Bool {
    switch value {
    case nil, .null?, .boolean(false)?: true
    case .string(let text)?: text.isEmpty
    case .array(let elements)?: elements.isEmpty
    default: false
    }
  }

  private static func shown(_ value: JSON?) -> String {
    switch value {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    case .unsigned(let number)?: String(number)
    case .number(let number)?: String(number)
    case .boolean(let flag)?: flag ? "yes" : "no"
    case nil, .null?, .array?, .object?: ""
    }
  }
}

/// Text in HTML, in content and in quoted attributes.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// JSON for a `script` element: nothing in it can end the element or begin a comment.
  static func data(_ json: JSON) -> String {
    json.line.replacing(scalar: "<", with: "\\u003c").replacing(scalar: ">", with: "\\u003e")
      .replacing(scalar: "&", with: "\\u0026")
  }
}

/// Text in Markdown (CommonMark with tables), which no renderer takes for markup.
enum MarkdownText {
  private static let marks = Set("\\`*_{}[]()#+-!|~=@^$".unicodeScalars)

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case _ where marks.contains(scalar):
        // Only what can begin markup there; a hyphen inside of a word cannot.
        if isHarmless(scalar, after: escaped.unicodeScalars.last) {
          escaped.unicodeScalars.append(scalar)
        } else {
          escaped += "\\" + String(scalar)
        }
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    // A bare address with a scheme becomes a link.
    return escaped.replacing("://", with: "\\://")
  }

  private static func isHarmless(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
    guard "-+=()#".unicodeScalars.contains(scalar), let last else { return false }
    return last.properties.isAlphabetic || last.properties.numericType != nil || last == " "
      || last == ")" || last == "("
  }
}
