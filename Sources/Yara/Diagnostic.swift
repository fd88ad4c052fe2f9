/// Message of the compiler about a rule file.
public struct Diagnostic: Hashable, Sendable {
  /// Severity.
  public enum Level: String, Hashable, Sendable {
    /// The rules are not usable.
    case error
    /// The rules are usable, but for example a string may be slow.
    case warning
  }

  /// Severity.
  public let level: Level
  /// File of the text; nil if it has none.
  public let file: String?
  /// Line in it, from 1; 0 if the text ended too early.
  public let line: Int
  /// Rule being compiled; nil if libyara does not report it.
  public let rule: String?
  /// Message of libyara.
  public let message: String

  package init(level: Level, file: String?, line: Int, rule: String?, message: String) {
    self.level = level
    self.file = file
    self.line = line
    self.rule = rule
    self.message = message
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `error: rule "x" in file.yar(3): message`, as `yara` prints it where the rule is known.
  public var description: String {
    let place = "\(file ?? "<text>")(\(line))"
    return rule.map { "\(level.rawValue): rule \"\($0)\" in \(place): \(message)" }
      ?? "\(level.rawValue): \(place): \(message)"
  }
}
