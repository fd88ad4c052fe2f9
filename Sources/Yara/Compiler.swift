internal import CYara
import Glibc

/// Compiles rule texts and files to ``Rules``. For one use: after an error nothing more can be
/// added.
public struct Compiler: ~Copyable {
  /// Source of texts for `include`.
  public enum Includes: Sendable {
    /// The file system, relative to the including file, as `yara` does.
    case files
    /// None: an `include` is an error.
    case disabled
    /// A function of the host that returns the text of a file by its name; nil if there is none.
    case provided(@Sendable (_ name: String) -> [UInt8]?)
  }

  private let pointer: UnsafeMutablePointer<YR_COMPILER>
  private let context: Context
  /// libyara aborts the process (an assertion) if it is used again after an error.
  private var hasFailed = false

  /// Creates a compiler without rules.
  public init(includes: Includes = .files) throws(YaraError) {
    try Library.initialize()
    var created: UnsafeMutablePointer<YR_COMPILER>?
    try YaraError.check(yr_compiler_create(&created), "the compiler could not be created")
    pointer = created!
    context = Context(includes: includes, compiler: pointer)
    let data = Unmanaged.passUnretained(context).toOpaque()
    yr_compiler_set_callback(
      pointer,
      { level, file, line, rule, message, data in
        Context.from(data).diagnose(level, file, line, rule, message)
      }, data)
    switch includes {
    case .disabled: yr_compiler_set_include_callback(pointer, nil, nil, nil)
    case .files, .provided:
      yr_compiler_set_include_callback(
        pointer,
        { name, _, _, data in Context.from(data).include(name) },
        { text, _ in free(UnsafeMutableRawPointer(mutating: text)) }, data)
    }
  }

  deinit { yr_compiler_destroy(pointer) }

  /// Texts added so far, with their includes: the bytes that libyara read, not the current
  /// content of the files.
  public var texts: [RuleText] { context.texts }

  /// Diagnostics reported so far; thrown errors carry the same list.
  public var diagnostics: [Diagnostic] { context.diagnostics }

  /// Defines an external variable for the rules that are added later.
  public mutating func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try value.checkForNUL(name)
    let status =
      switch value {
      case .integer(let value): yr_compiler_define_integer_variable(pointer, name, value)
      case .float(let value): yr_compiler_define_float_variable(pointer, name, value)
      case .boolean(let value): yr_compiler_define_boolean_variable(pointer, name, value ? 1 : 0)
      case .string(let value): yr_compiler_define_string_variable(pointer, name, value)
      }
    try YaraError.check(status, "external variable \(name) could not be defined")
  }

  /// Adds rules from a text. The text must not contain NUL.
  public mutating func add(text: String, namespace: String? = nil) throws(YaraError) {
    try add(text: Array(text.utf8), namespace: namespace)
  }

  /// Adds rules from the bytes of a text. They must not contain NUL.
  public mutating func add(text: [UInt8], namespace: String? = nil) throws(YaraError) {
    try checkUsable()
    guard !text.contains(0) else {
      throw YaraError(.syntaxError, "rule text holds a NUL: not a text file")
    }
    context.begin(text, namespace: namespace)
    let errors = (text + [0]).withUnsafeBytes { bytes in
      yr_compiler_add_string(
        pointer, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), namespace)
    }
    try check(errors: errors, of: "rule text")
  }

  /// Makes unknown escape sequences in regular expressions warnings (`yara --strict-escape`, since 4.5).
  public mutating func warnOfUnknownEscapes() { trawl_yara_warn_of_escapes(pointer) }

  /// Loads a table of atom quality from a file, instead of libyara's heuristic (`yara
  /// --atom-quality-table`).
  public mutating func load(atomQualityTable path: String) throws(YaraError) {
    try YaraError.check(
      yr_compiler_load_atom_quality_table(pointer, path, 0), "atom quality table \(path)")
  }

  /// Adds rules from a file; messages name it by `path`, and includes are relative to it.
  public mutating func add(file path: String, namespace: String? = nil) throws(YaraError) {
    let bytes: [UInt8]
    do throws(YaraError) { bytes = try RuleFile.read(path) } catch {
      throw error.named("rule file \(path)")
    }
    try add(text: bytes, asFile: path, namespace: namespace)
  }

  /// Adds the bytes of a rule file that was already read, as if read now from `path`.
  public mutating func add(text: [UInt8], asFile path: String, namespace: String? = nil)
    throws(YaraError)
  {
    try checkUsable()
    context.begin(text, file: path, namespace: namespace)
    // libyara accepts a file name only together with a descriptor.
    let descriptor = try RuleFile.descriptor(of: text)
    defer { close(descriptor) }
    let errors = yr_compiler_add_fd(pointer, descriptor, namespace, path)
    try check(errors: errors, of: "rule file \(path)")
  }

  /// Finishes compilation and returns the rules added.
  public consuming func rules() throws(YaraError) -> Rules {
    try checkUsable()
    var rules: UnsafeMutablePointer<YR_RULES>?
    try YaraError.check(yr_compiler_get_rules(pointer, &rules), "rules could not be created")
    return Rules(adopting: rules!)
  }

  private func checkUsable() throws(YaraError) {
    guard hasFailed else { return }
    throw YaraError(
      .syntaxError, "a compiler cannot be used after an error; create another one")
  }

  private mutating func check(errors: Int32, of item: String) throws(YaraError) {
    guard errors != 0 else { return }
    hasFailed = true
    throw YaraError(
      .syntaxError, "\(item) does not compile",
      diagnostics: context.diagnostics.filter { $0.level == .error })
  }
}

/// State that libyara's callbacks of one compiler access. They run on the thread that adds
/// rules.
private final class Context {
  private let includes: Compiler.Includes
  private let compiler: UnsafeMutablePointer<YR_COMPILER>
  /// Paths of the open files, outermost first.
  private var openFiles: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var texts: [RuleText] = []

  init(includes: Compiler.Includes, compiler: UnsafeMutablePointer<YR_COMPILER>) {
    self.includes = includes
    self.compiler = compiler
  }

  static func from(_ data: UnsafeMutableRawPointer?) -> Context {
    Unmanaged<Context>.fromOpaque(data!).takeUnretainedValue()
  }

  func diagnose(
    _ level: Int32, _ file: UnsafePointer<CChar>?, _ line: Int32, _ rule: UnsafePointer<YR_RULE>?,
    _ message: UnsafePointer<CChar>?
  ) {
    diagnostics.append(
      Diagnostic(
        level: level == YARA_ERROR_LEVEL_ERROR ? .error : .warning,
        file: currentFile ?? file.map { String(cString: $0) }, line: Int(line),
        rule: rule.map { String(cString: $0.pointee.identifier) },
        message: message.map { words(String(cString: $0)) } ?? ""))
  }

  /// libyara's message, as `yara` prints it: libyara's message for a failed callback differs.
  private func words(_ message: String) -> String {
    guard case .files = includes else { return message }
    return message.replacing(
      "callback failed to provide include resource:", with: "can't open include file:")
  }

  /// Records a text that is about to be added.
  func begin(_ text: [UInt8], file: String? = nil, namespace: String?) {
    texts.append(RuleText(name: file, namespace: namespace ?? "default", bytes: text))
    openFiles = file.map { [$0] } ?? []
  }

  /// File that libyara is reading. libyara knows included files by the names in the rules; the
  /// include depth tells which of ours it is.
  private var currentFile: String? {
    let depth = Int(compiler.pointee.file_name_stack_ptr)
    if openFiles.count > depth { openFiles.removeLast(openFiles.count - depth) }
    return openFiles.last
  }

  /// Returns an included text in memory that libyara later passes to `free`.
  func include(_ name: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? {
    guard let name = name.map({ String(cString: $0) }) else { return nil }
    let path = path(of: name)
    guard let text = text(named: path), !text.contains(0), let copy = malloc(text.count + 1) else {
      return nil
    }
    if !texts.isEmpty {
      texts[texts.count - 1].included.append(RuleText.Included(name: path, bytes: text))
    }
    openFiles.append(path)
    copy.initializeMemory(as: UInt8.self, from: text + [0], count: text.count + 1)
    return UnsafePointer(copy.assumingMemoryBound(to: CChar.self))
  }

  /// Path of an included file. libyara resolves includes relative to the including file; a host
  /// has its own names.
  private func path(of name: String) -> String {
    guard case .files = includes, !name.hasPrefix("/"), let current = currentFile,
      let slash = current.lastIndex(of: "/")
    else {
      _ = currentFile
      return name
    }
    return String(current[...slash]) + name
  }

  private func text(named name: String) -> [UInt8]? {
    switch includes {
    case .files: try? RuleFile.read(name)
    case .provided(let provide): provide(name)
    case .disabled: nil
    }
  }
}
