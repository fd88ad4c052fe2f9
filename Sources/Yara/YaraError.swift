internal import CYara

/// A failure of libyara.
public struct YaraError: Error, Hashable, Sendable {
  /// Code of a failure: an open set, because libyara adds codes (error.h).
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The value of error.h.
    public let rawValue: Int32
    /// A code by its number in error.h.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The loaded libyara is not the one that this package was built for. libyara has no such
    /// number.
    public static let otherLibrary = Code(rawValue: -1)
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
    /// An argument that libyara does not accept, such as an unknown external variable (29).
    public static let invalidArgument = Code(rawValue: ERROR_INVALID_ARGUMENT)
    /// The scan took longer than allowed (26).
    public static let scanTimeout = Code(rawValue: ERROR_SCAN_TIMEOUT)
    /// A string matched too often (30).
    public static let tooManyMatches = Code(rawValue: ERROR_TOO_MANY_MATCHES)
    /// A regular expression that branches too often (46).
    public static let tooManyFibers = Code(rawValue: ERROR_TOO_MANY_RE_FIBERS)
    /// An inconsistency inside libyara, such as `#a in (1..5)` of 4.2.3 (31).
    public static let internalFatalError = Code(rawValue: ERROR_INTERNAL_FATAL_ERROR)
    /// An external variable of another type (48).
    public static let invalidExternalVariableType = Code(
      rawValue: ERROR_INVALID_EXTERNAL_VARIABLE_TYPE)
    /// A file could not be read (55).
    public static let couldNotReadFile = Code(rawValue: ERROR_COULD_NOT_READ_FILE)
    /// A string slows the scan down, and the host treats that as an error (65, since 4.5).
    public static let tooSlowScanning = Code(rawValue: 65)
    /// A compiled rule file could not be written (58).
    public static let writingFile = Code(rawValue: ERROR_WRITING_FILE)
    /// An external variable defined twice (56).
    public static let duplicatedExternalVariable = Code(
      rawValue: ERROR_DUPLICATED_EXTERNAL_VARIABLE)
  }

  /// Code of the failure.
  public let code: Code
  /// Description of the failure, with the item and the remedy where there is one.
  public let message: String
  /// Diagnostics of the compiler, when rules did not compile.
  public let diagnostics: [Diagnostic]
  /// The string that ended the scan, where libyara tells.
  public let string: CutString?

  /// Creates a failure with its explanation.
  package init(
    _ code: Code, _ message: String, diagnostics: [Diagnostic] = [], string: CutString? = nil
  ) {
    self.code = code
    self.message = message
    self.diagnostics = diagnostics
    self.string = string
  }

  /// The same failure with the name of its text or file.
  public func named(_ name: String) -> YaraError {
    YaraError(
      code, "\(name): \(message)",
      diagnostics: diagnostics.map {
        Diagnostic(
          level: $0.level, file: $0.file ?? name, line: $0.line, rule: $0.rule, message: $0.message)
      }, string: string)
  }

  /// Throws unless `status` is success.
  static func check(_ status: Int32, _ message: @autoclosure () -> String) throws(YaraError) {
    guard status != ERROR_SUCCESS else { return }
    let code = Code(rawValue: status)
    throw YaraError(code, "\(message()): \(code)")
  }
}

extension YaraError.Code {
  /// Matches an error by its code in `catch`.
  public static func ~= (code: Self, error: any Error) -> Bool {
    (error as? YaraError)?.code == code
  }
}

extension YaraError.Code: CustomStringConvertible {
  /// Description of the failure, with libyara's number.
  public var description: String {
    if self == .otherLibrary { return "another libyara than expected" }
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
      case .tooManyFibers: "a regular expression that branches too often"
      case .internalFatalError: "internal error of libyara"
      case .invalidExternalVariableType: "external variable of another type"
      case .duplicatedExternalVariable: "external variable defined twice"
      default: "libyara failed"
      }
    return "\(words) (error \(rawValue))"
  }
}

extension YaraError: CustomStringConvertible {
  /// Explanation, then one line per diagnostic.
  public var description: String {
    ([message] + diagnostics.map(\.description)).joined(separator: "\n")
  }
}

extension YaraError {
  /// Error for hosts that treat slow strings as a failed scan.
  public static func tooSlow(_ string: CutString) -> YaraError {
    YaraError(
      .tooSlowScanning,
      "string \(string.identifier) of rule \(string.rule): too general or very common",
      string: string)
  }

  /// Error for hosts that treat too many matches of a string as a failed scan.
  public static func tooManyMatches(of string: CutString) -> YaraError {
    YaraError(
      .tooManyMatches, "string \(string.identifier) of rule \(string.rule): too many matches",
      string: string)
  }
}
