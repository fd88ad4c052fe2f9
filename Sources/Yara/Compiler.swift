internal import CYara
import Glibc

/// Compiles rule texts and files to ``Rules``. One use: after an error nothing more can be added.
public struct Compiler: ~Copyable {
  /// Where `include` finds its text.
  public enum Includes: Sendable {
    /// The file system, relative to the including file, as `yara` does.
    case files
    /// Nowhere: an `include` is an error.
    case disabled
    /// A function of the host: the text of the file of this name, or nil if there is none.
    case provided(@Sendable (_ name: String) -> [UInt8]?)
  }

  private let pointer: UnsafeMutablePointer<YR_COMPILER>
  private let context: Context
  /// libyara ends the process (an assertion) when it is asked for more after an error.
  private var hasFailed = false

  /// A compiler without rules.
  public init(includes: Includes = .files) throws(YaraError) {
    try Library.initialize()
    var created: UnsafeMutablePointer<YR_COMPILER>?
    try YaraError.check(yr_compiler_create(&created), "the compiler could not be made")
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

  /// What was added so far, with its includes: the bytes that libyara saw, not what files hold by now.
  public var texts: [RuleText] { context.texts }

  /// What was said so far; errors are thrown too, with the same list.
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

  /// Adds rules from a text. The text must hold no NUL.
  public mutating func add(text: String, namespace: String? = nil) throws(YaraError) {
    try add(text: Array(text.utf8), namespace: namespace)
  }

  /// Adds rules from the bytes of a text. They must hold no NUL.
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

  /// Takes what makes a good atom from a file, instead of libyara's own judgement (`yara
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

  /// Adds the bytes of a rule file that was read already, as if it were read now from `path`.
  public mutating func add(text: [UInt8], asFile path: String, namespace: String? = nil)
    throws(YaraError)
  {
    try checkUsable()
    context.begin(text, file: path, namespace: namespace)
    // libyara takes the name of a file only together with a descriptor.
    let descriptor = try RuleFile.descriptor(of: text)
    defer { close(descriptor) }
    let errors = yr_compiler_add_fd(pointer, descriptor, namespace, path)
    try check(errors: errors, of: "rule file \(path)")
  }

  /// Finishes: the rules of everything that was added.
  public consuming func rules() throws(YaraError) -> Rules {
    try checkUsable()
    var rules: UnsafeMutablePointer<YR_RULES>?
    try YaraError.check(yr_compiler_get_rules(pointer, &rules), "rules could not be made")
    return Rules(adopting: rules!)
  }

  private func checkUsable() throws(YaraError) {
    guard hasFailed else { return }
    throw YaraError(
      .syntaxError, "a compiler is of no use after an error; begin again with another")
  }

  private mutating func check(errors: Int32, of item: String) throws(YaraError) {
    guard errors != 0 else { return }
    hasFailed = true
    throw YaraError(
      .syntaxError, "\(item) does not compile",
      diagnostics: context.diagnostics.filter { $0.level == .error })
  }
}

/// What libyara's callbacks of one compiler reach; they run on the thread that adds.
private final class Context {
  private let includes: Compiler.Includes
  private let compiler: UnsafeMutablePointer<YR_COMPILER>
  /// The files that are open, the including ones first, by their paths.
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
        message: message.map { String(cString: $0) } ?? ""))
  }

  /// Notes a text that is added now.
  func begin(_ text: [UInt8], file: String? = nil, namespace: String?) {
    texts.append(RuleText(name: file, namespace: namespace ?? "default", bytes: text))
    openFiles = file.map { [$0] } ?? []
  }

  /// The file that libyara is at. It knows included ones by the names that rules call them; how many
  /// are open tells which of ours they are.
  private var currentFile: String? {
    let depth = Int(compiler.pointee.file_name_stack_ptr)
    if openFiles.count > depth { openFiles.removeLast(openFiles.count - depth) }
    return openFiles.last
  }

  /// The included text in memory that libyara gives back to `free`.
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

  /// libyara's own reader of includes takes them to be beside the including file; a host has names of
  /// its own.
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
