public import Yara

/// What is wrong with a rule as a signature.
public struct LintFinding: Hashable, Sendable {
  /// An error, or a warning that does no harm.
  public let level: Diagnostic.Level
  /// What the rule's text is called; nil where there is no text of it that was understood.
  public let file: String?
  /// The line in it, from 1; nil as the file.
  public let line: Int?
  /// The rule; nil where the compiler does not say which.
  public let rule: String?
  /// What is wrong, and what to do about it.
  public let message: String

  init(level: Diagnostic.Level, file: String?, line: Int?, rule: String?, message: String) {
    self.level = level
    self.file = file
    self.line = line
    self.rule = rule
    self.message = message
  }

  /// What the compiler remarked.
  init(_ diagnostic: Diagnostic) {
    self.init(
      level: diagnostic.level, file: diagnostic.file,
      line: diagnostic.line > 0 ? diagnostic.line : nil, rule: diagnostic.rule,
      message: diagnostic.message)
  }
}

extension LintFinding: CustomStringConvertible {
  /// `file:line: rule: message`, as compilers print it; a warning says that it is one.
  public var description: String {
    let place = file.map { file in "\(file):" + (line.map { "\($0):" } ?? "") + " " } ?? ""
    return
      "\(place)\(rule.map { "\($0): " } ?? "")\(level == .warning ? "warning: " : "")\(message)"
  }
}
