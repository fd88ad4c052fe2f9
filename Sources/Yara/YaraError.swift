internal import CYara

/// A failure of libyara.
public struct YaraError: Error, Hashable, Sendable {
  /// Which failure: an open set, as libyara grows (error.h).
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The value of error.h.
    public let rawValue: Int32
    /// A code by its number in error.h.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// No memory (1).
    public static let insufficientMemory = Code(rawValue: ERROR_INSUFFICIENT_MEMORY)
    /// A file could not be opened (3).
    public static let couldNotOpenFile = Code(rawValue: ERROR_COULD_NOT_OPEN_FILE)
    /// A file could not be mapped (4).
    public static let couldNotMapFile = Code(rawValue: ERROR_COULD_NOT_MAP_FILE)
    /// Not a compiled rule file (6).
    public static let invalidFile = Code(rawValue: ERROR_INVALID_FILE)
    /// A damaged compiled rule file (7).
    public static let corruptFile = Code(rawValue: ERROR_CORRUPT_FILE)
    /// A compiled rule file of another libyara (8).
    public static let unsupportedFileVersion = Code(rawValue: ERROR_UNSUPPORTED_FILE_VERSION)
    /// The rules do not compile (11); the diagnostics say where.
    public static let syntaxError = Code(rawValue: ERROR_SYNTAX_ERROR)
    /// Something that libyara does not take, such as an unknown external variable (29).
    public static let invalidArgument = Code(rawValue: ERROR_INVALID_ARGUMENT)
    /// The scan took longer than allowed (26).
    public static let scanTimeout = Code(rawValue: ERROR_SCAN_TIMEOUT)
    /// A string matched too often (30).
    public static let tooManyMatches = Code(rawValue: ERROR_TOO_MANY_MATCHES)
    /// An inconsistency within libyara, such as `#a in (1..5)` of 4.2.3 (31).
    public static let internalFatalError = Code(rawValue: ERROR_INTERNAL_FATAL_ERROR)
    /// An external variable of another type (48).
    public static let invalidExternalVariableType = Code(
      rawValue: ERROR_INVALID_EXTERNAL_VARIABLE_TYPE)
    /// A file could not be read (55).
    public static let couldNotReadFile = Code(rawValue: ERROR_COULD_NOT_READ_FILE)
    /// A compiled rule file could not be written (58).
    public static let writingFile = Code(rawValue: ERROR_WRITING_FILE)
    /// An external variable defined twice (56).
    public static let duplicatedExternalVariable = Code(
      rawValue: ERROR_DUPLICATED_EXTERNAL_VARIABLE)
  }

  /// Which failure.
  public let code: Code
  /// What failed, in words, with the item and the remedy where there is one.
  public let message: String
  /// What the compiler said, when rules did not compile.
  public let diagnostics: [Diagnostic]

  /// A failure with its explanation.
  package init(_ code: Code, _ message: String, diagnostics: [Diagnostic] = []) {
    self.code = code
    self.message = message
    self.diagnostics = diagnostics
  }

  /// The same failure of a text or file that goes by `name`.
  public func named(_ name: String) -> YaraError {
    YaraError(
      code, "\(name): \(message)",
      diagnostics: diagnostics.map {
        Diagnostic(
          level: $0.level, file: $0.file ?? name, line: $0.line, rule: $0.rule, message: $0.message)
      })
  }

  /// Throws unless `status` is success.
  static func check(_ status: Int32, _ message: @autoclosure () -> String) throws(YaraError) {
    guard status != ERROR_SUCCESS else { return }
    let code = Code(rawValue: status)
    throw YaraError(code, "\(message()): \(code)")
  }
}

extension YaraError.Code {
  /// For `catch`: matches an error by its code.
  public static func ~= (code: Self, error: any Error) -> Bool {
    (error as? YaraError)?.code == code
  }
}

extension YaraError.Code: CustomStringConvertible {
  /// The failure in words, with libyara's number.
  public var description: String {
    let words: String =
      switch self {
      case .insufficientMemory: "not enough memory"
      case .couldNotOpenFile: "could not open file"
      case .couldNotMapFile: "could not map file"
      case .invalidFile: "not a compiled rule file"
      case .corruptFile: "damaged compiled rule file"
      case .unsupportedFileVersion: "compiled by another version of libyara"
      case .couldNotReadFile: "could not read file"
      case .writingFile: "could not write file"
      case .invalidArgument: "invalid argument"
      case .syntaxError: "the rules do not compile"
      case .scanTimeout: "scan timed out"
      case .tooManyMatches: "too many matches of one string"
      case .internalFatalError: "internal error of libyara"
      case .invalidExternalVariableType: "external variable of another type"
      case .duplicatedExternalVariable: "external variable defined twice"
      default: "libyara failed"
      }
    return "\(words) (error \(rawValue))"
  }
}

extension YaraError: CustomStringConvertible {
  /// The explanation, then one line a diagnostic.
  public var description: String {
    ([message] + diagnostics.map(\.description)).joined(separator: "\n")
  }
}

extension YaraError {
  /// What a scan ends with when too many matches are an error to its host.
  public static func tooManyMatches(of string: CutString) -> YaraError {
    YaraError(
      .tooManyMatches, "string \(string.identifier) of rule \(string.rule): too many matches")
  }
}
