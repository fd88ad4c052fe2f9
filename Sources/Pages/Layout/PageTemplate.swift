import Mustache
import Reports
import Results

/// A template of ours in Mustache, and the rules by which values are escaped.
struct PageTemplate {
  /// Rules of the target language, as a content type of the library. Its own type for HTML escapes
  /// characters, not scalars: a quotation mark with a combining accent is another character, so it
  /// would pass and end an attribute.
  enum Language: String, MustacheContentType, CaseIterable {
    case html = "TRAWL-HTML"
    case markdown = "TRAWL-MARKDOWN"

    func escapeText(_ text: String) -> String {
      switch self {
      case .html: HTMLText.escaped(text)
      case .markdown: MarkdownText.escaped(text)
      }
    }

    /// Content types are named in templates, and known to the library by these names.
    fileprivate static let areRegistered: Void = {
      for language in allCases {
        MustacheContentTypes.register(language, named: language.rawValue)
      }
    }()
  }

  private let template: MustacheTemplate

  /// Parses a template; a mistake in it is a programming error.
  init(_ text: String, _ language: Language) {
    Language.areRegistered
    do {
      template = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(language.rawValue)}}\n" + text)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  func render(_ values: JSON) -> String { template.render(PageValue(json: values)) }
}

/// A value as Mustache sees it. Empty texts and arrays are absent, so that `{{^key}}` shows what
/// takes their place.
private struct PageValue: MustacheParent, MustacheCustomRepresentation, MustacheCustomRenderable {
  let json: JSON

  func child(named key: String) -> Any? { json[key].map(PageValue.init) }

  var representation: Any? {
    switch json {
    case .string(let text): text.isEmpty ? nil : text
    case .integer(let number): number
    case .unsigned(let number): number
    case .number(let number): number
    case .boolean(let flag): flag
    case .null: nil
    case .array(let elements): elements.isEmpty ? nil : elements.map(PageValue.init)
    case .object: self
    }
  }

  /// An object has members, and no text.
  var renderText: String { "" }
  var isNull: Bool { false }
}
