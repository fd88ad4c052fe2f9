package import Yara

/// Defect of a rule as a signature.
package struct LintFinding: Hashable, Sendable {
  /// Severity: an error, or a harmless warning.
  package let level: Diagnostic.Level
  /// Name of the rule's text; nil if no text of it was understood.
  package let file: String?
  /// Line in the file, from 1; nil if `file` is nil.
  package let line: Int?
  /// Rule; nil if the compiler does not name it.
  package let rule: String?
  /// Description of the defect and its remedy.
  package let message: String

  init(level: Diagnostic.Level, file: String?, line: Int?, rule: String?, message: String) {
    self.level = level
    self.file = file
    self.line = line
    self.rule = rule
    self.message = message
  }

  /// Converts a remark of the compiler.
  init(_ diagnostic: Diagnostic) {
    self.init(
      level: diagnostic.level, file: diagnostic.file,
      line: diagnostic.line > 0 ? diagnostic.line : nil, rule: diagnostic.rule,
      message: diagnostic.message)
  }
}

extension LintFinding: CustomStringConvertible {
  /// `file:line: rule: message` in the form of compilers; a warning is marked as one.
  package var description: String {
    let place = file.map { file in "\(file):" + (line.map { "\($0):" } ?? "") + " " } ?? ""
    return
      "\(place)\(rule.map { "\($0): " } ?? "")\(level == .warning ? "warning: " : "")\(message)"
  }
}
