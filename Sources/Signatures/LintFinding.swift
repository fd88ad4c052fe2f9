public import Yara

/// What is wrong with a rule as a signature.
public struct LintFinding: Hashable, Sendable {
  /// An error, or a warning that does no harm.
  public let level: Diagnostic.Level
  /// What the rule's text is called; nil where there is no text of it that was understood.
  public let file: String?
  /// The line in it, from 1; nil as the file.
  public let line: Int?
  /// The rule.
  public let rule: String
  /// What is wrong, and what to do about it.
  public let message: String
}

extension LintFinding: CustomStringConvertible {
  /// `file:line: rule: message`, as compilers print it; a warning says that it is one.
  public var description: String {
    let place = file.map { file in "\(file):" + (line.map { "\($0):" } ?? "") + " " } ?? ""
    return "\(place)\(rule): \(level == .warning ? "warning: " : "")\(message)"
  }
}
