package import Yara

/// Markdown page of signatures: the detected software, and the evidence for it.
package enum SignatureDocument {
  /// One line of the page: a detected part, and the evidence for it.
  ///
  /// Rules are entries. Signatures that are not rules become entries, too, so that one page shows
  /// everything.
  package struct Entry: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Operating system in the terms of rules.
    package var platform: String
    /// Role within a product.
    package var component: String
    /// Product; nil if the evidence itself names it, or nothing does.
    package var product: String?
    /// Confidence of its findings without a verified code signature.
    package var confidence: String
    /// Source of its facts: `genuine` or `paper`.
    package var basis: String
    /// Reason, as text.
    package var reason: String
    /// Source of the facts.
    package var source: String

    /// Creates an entry from its parts.
    package init(
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

    /// Creates the entry of a rule; missing metadata is shown as `-`.
    package init(_ rule: Rule) {
      func text(_ key: SignatureKey) -> String { rule.text(key.rawValue) ?? "-" }
      self.init(
        name: rule.identifier, platform: text(.platform), component: text(.component),
        product: rule.text(SignatureKey.product.rawValue), confidence: text(.confidence),
        basis: text(.basis), reason: text(.reason), source: text(.source))
    }
  }

  /// Entries of rules in their order; private rules are not signatures.
  package static func entries(of rules: [Rule]) -> [Entry] {
    rules.filter { !$0.isPrivate }.map { Entry($0) }
  }

  /// Text of the page: the number of entries, then a table per platform.
  package static func text(of entries: [Entry]) -> String {
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

  /// Escapes Markdown's special characters.
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
