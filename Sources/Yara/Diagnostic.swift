/// Something that the compiler has to say about a rule file.
public struct Diagnostic: Hashable, Sendable {
  /// How serious it is.
  public enum Level: String, Hashable, Sendable {
    /// The rules are not usable.
    case error
    /// The rules are usable; a string may be slow, for example.
    case warning
  }

  /// How serious it is.
  public let level: Level
  /// The file, where the text came from one.
  public let file: String?
  /// The line in it, from 1; 0 where the text ended too early.
  public let line: Int
  /// The rule that was being compiled, where libyara tells it.
  public let rule: String?
  /// libyara's words.
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
  /// `error: rule "x" in file.yar(3): words`, as `yara` prints it where the rule is known.
  public var description: String {
    let place = "\(file ?? "<text>")(\(line))"
    return rule.map { "\(level.rawValue): rule \"\($0)\" in \(place): \(message)" }
      ?? "\(level.rawValue): \(place): \(message)"
  }
}
