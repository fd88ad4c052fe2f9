public import Yara

/// Signatures as a page that people read: what is detected, on what evidence. Markdown.
public enum SignatureDocument {
  /// One line of the page: what is detected, and on what evidence.
  ///
  /// Rules are entries. What is found in other ways than by rules, and has a catalogue of its own, becomes entries here
  /// too, so that one page shows all of it.
  public struct Entry: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The operating system, as rules name it.
    public var platform: String
    /// The part of a product.
    public var component: String
    /// The product; nil where the evidence itself tells, or nothing does.
    public var product: String?
    /// How sure it makes a finding, without a verified code signature.
    public var confidence: String
    /// What its facts were read from: `genuine` or `paper`.
    public var basis: String
    /// Why, in words.
    public var reason: String
    /// Where the facts are.
    public var source: String

    /// An entry of these parts.
    public init(
      name: String, platform: String, component: String, product: String?, confidence: String,
      basis: String, reason: String, source: String
    ) {
      self.name = name
      self.platform = platform
      self.component = component
      self.product = product
      self.confidence = confidence
      self.basis = basis
      self.reason = reason
      self.source = source
    }

    /// The entry of a rule; what its metadata does not say is shown as `-`.
    public init(_ rule: Rule) {
      func text(_ key: SignatureKey) -> String { rule.text(key.rawValue) ?? "-" }
      self.init(
        name: rule.identifier, platform: text(.platform), component: text(.component),
        product: rule.text(SignatureKey.product.rawValue), confidence: text(.confidence),
        basis: text(.basis), reason: text(.reason), source: text(.source))
    }
  }

  /// The entries of rules, in their order; private ones are no signatures.
  public static func entries(of rules: [Rule]) -> [Entry] {
    rules.filter { !$0.isPrivate }.map { Entry($0) }
  }

  /// The page: how many there are, then a table a platform.
  public static func text(of entries: [Entry]) -> String {
    let known = Platform.allCases.map(\.rawValue)
    let others = Set(entries.map(\.platform)).subtracting(known).sorted()
    let tables = (known + others).compactMap { platform -> (name: String, of: [Entry])? in
      let own = entries.filter { $0.platform == platform }
      return own.isEmpty ? nil : (title(of: platform), own)
    }
    return ([count(tables, entries)] + tables.map { table($0.name, $0.of) }).joined(separator: "\n")
  }

  // MARK: Tables

  private static func count(_ tables: [(name: String, of: [Entry])], _ all: [Entry]) -> String {
    func row(_ name: String, _ entries: [Entry]) -> String {
      func count(_ matches: (Entry) -> Bool) -> String { String(entries.count(where: matches)) }
      return line(
        [name, String(entries.count)]
          + Basis.allCases.map { basis in count { $0.basis == basis.rawValue } }
          + ["strong", "claimed", "weak"].map { confidence in
            count { $0.confidence == confidence }
          })
    }
    return line(["platform", "signatures", "genuine files", "paper", "strong", "claimed", "weak"])
      + line(Array(repeating: "---", count: 7))
      + tables.map { row($0.name, $0.of) }.joined() + row("all", all)
  }

  private static func table(_ name: String, _ entries: [Entry]) -> String {
    "### \(name)\n"
      + line(["signature", "component", "product", "confidence", "basis", "reason", "source"])
      + line(Array(repeating: "---", count: 7))
      + entries.map { entry in
        line([
          "`\(entry.name)`", entry.component, entry.product ?? "-",
          entry.confidence, entry.basis, entry.reason, entry.source,
        ])
      }.joined()
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |\n"
  }

  /// What Markdown would take for its own.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "|", "\\", "*", "<": result += "\\\(character)"
      case "\n", "\r", "\r\n": result += " "
      default: result.append(character)
      }
    }
    return result
  }

  private static func title(of platform: String) -> String {
    switch Platform(rawValue: platform) {
    case .windows: "Windows"
    case .linux: "Linux"
    case .macos: "macOS"
    case .android: "Android"
    case .any: "Any platform"
    case nil: platform
    }
  }
}
