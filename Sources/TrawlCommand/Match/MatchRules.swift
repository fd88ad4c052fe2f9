import Bytes
import Engine
import Glibc
import Sieve
import Yara

/// Rules of `trawl match`, compiled or loaded like `yara` does.
struct MatchRules {
  /// Reason why there are no rules: a message without a line end, or nil if it was already
  /// printed.
  struct Failure: Error {
    let message: [UInt8]?

    init(_ message: String? = nil) { self.message = message.map { Array($0.utf8) } }
    init(_ message: [UInt8]) { self.message = message }
  }

  private let arguments: MatchArguments
  private let say: ([UInt8]) -> Void

  init(_ arguments: MatchArguments, say: @escaping ([UInt8]) -> Void) {
    self.arguments = arguments
    self.say = say
  }

  /// Loads the rules and their sieve.
  func ruleSet(cache: CacheDirectory?) throws(Failure) -> RuleSet {
    do throws(YaraError) {
      if let count = arguments.values.integers["max-strings-per-rule"] {
        try Library.setMaximumStringsPerRule(UInt32(truncatingIfNeeded: count))
      }
      if let slots = arguments.values.integers["stack-size"] {
        try Library.setStackSize(UInt32(truncatingIfNeeded: slots))
      }
    } catch { throw Failure(error.yaraWords) }
    return arguments.has("compiled-rules") ? try loaded() : try compiled(cache)
  }

  // MARK: Compiled files

  private func loaded() throws(Failure) -> RuleSet {
    guard arguments.ruleFiles.count == 1 else {
      throw Failure(
        "error: can't accept multiple rules files if one of them is in compiled form.")
    }
    let rules: Rules
    let bytes: [UInt8]
    do throws(SystemCallError) { bytes = try Self.read(RawPath(arguments.ruleFiles[0])) } catch {
      throw Failure("could not open file")
    }
    do throws(YaraError) { rules = try Rules(serialized: bytes) } catch {
      throw Failure(error.yaraWords)
    }
    try define { name, value throws(YaraError) in try rules.define(name, as: value) }
    return RuleSet(rules: rules, records: [])
  }

  // MARK: Texts

  private func compiled(_ cache: CacheDirectory?) throws(Failure) -> RuleSet {
    var compiler: Compiler
    do throws(YaraError) { compiler = try Compiler() } catch {
      throw Failure("error: \(error.message)")
    }
    if arguments.has("strict-escape") { compiler.warnOfUnknownEscapes() }
    var externals: [String: ExternalValue] = [:]
    // Of several definitions of a variable, the compiler uses the first, but the last determines
    // the exit status: yara 4.2.3 checks only the last result.
    var outcome: YaraError?
    for definition in arguments.texts("define") {
      guard let external = YaraExternal(definition) else {
        say(Array("error: wrong syntax for `-d` option.".utf8))
        outcome = nil
        break
      }
      outcome = nil
      do throws(YaraError) {
        try compiler.define(external.name, as: external.value)
        externals[external.name] = external.value
      } catch { outcome = error }
    }
    if let outcome { throw Failure(outcome.yaraWords) }
    if let table = arguments.texts("atom-quality-table").first {
      do throws(YaraError) {
        try compiler.load(atomQualityTable: String(decoding: table, as: UTF8.self))
      } catch {
        throw Failure("error loading atom quality table: " + error.yaraWords)
      }
    }
    let files = arguments.ruleFiles.map(RuleFile.init)
    let entry = entry(files, externals, cache)
    if let entry, let kept = entry.cache.load(entry.texts) {
      for warning in kept.warnings { say(warning) }
      return try ruleSet(kept, externals, cache)
    }
    var said = 0
    for file in files {
      let text = try file.text()
      var failure: YaraError?
      do throws(YaraError) {
        try compiler.add(text: text, asFile: file.name, namespace: file.namespace)
      } catch { failure = error }
      let diagnostics = compiler.diagnostics
      for diagnostic in diagnostics.dropFirst(said) { say(diagnostic) }
      said = diagnostics.count
      if let failure {
        throw failure.diagnostics.isEmpty ? Failure(failure.yaraWords) : Failure()
      }
    }
    let texts = compiler.texts
    let warnings = compiler.diagnostics.filter { $0.level == .warning }
    let rules: Rules
    do throws(YaraError) { rules = try compiler.rules() } catch { throw Failure(error.yaraWords) }
    let compiled = RuleSetCache.Compiled(rules: rules, texts: texts, warnings: warnings)
    entry?.cache.keep(compiled)
    return try ruleSet(compiled, externals, cache)
  }

  private func ruleSet(
    _ compiled: RuleSetCache.Compiled, _ externals: [String: ExternalValue],
    _ cache: CacheDirectory?
  ) throws(Failure) -> RuleSet {
    if arguments.has("fail-on-warnings"), !compiled.warnings.isEmpty, !arguments.has("no-warnings")
    {
      throw Failure()
    }
    return RuleSet(
      rules: compiled.rules,
      sieve: Sieve(
        compiled.rules, texts: compiled.texts, externals: externals, cache: cache,
        isReproducible: arguments.texts("atom-quality-table").isEmpty))
  }

  /// The place of compiled rules in the cache; nil if they are compiled anew, because an option changes the
  /// compilation or its messages.
  private func entry(
    _ files: [RuleFile], _ externals: [String: ExternalValue], _ directory: CacheDirectory?
  ) -> (cache: RuleSetCache, texts: [RuleSet.Text])? {
    guard let directory, !arguments.has("strict-escape"),
      arguments.texts("atom-quality-table").isEmpty,
      arguments.values.integers["max-strings-per-rule"] == nil
    else { return nil }
    let texts = files.compactMap { file in
      (try? file.text()).map {
        RuleSet.Text(
          name: file.name, bytes: $0, isFile: true, namespace: file.namespace ?? "default")
      }
    }
    let size = texts.reduce(0) { $0 + $1.bytes.count }
    guard texts.count == files.count, size >= RuleSetCache.leastSize else { return nil }
    let definitions = externals.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    return (RuleSetCache(directory, texts, definitions), texts)
  }

  /// A rule file of the command line, read once: it may be a pipe.
  private struct RuleFile {
    let path: RawPath
    let namespace: String?
    private let content: Result<[UInt8], SystemCallError>

    init(_ argument: [UInt8]) {
      let (namespace, path) = MatchRules.namespaceAndPath(argument)
      self.path = path
      self.namespace = namespace.map { String(decoding: $0, as: UTF8.self) }
      content = Result { () throws(SystemCallError) in
        try MatchRules.read(path == "-" ? "/dev/stdin" : path)
      }
    }

    var name: String { String(decoding: path.bytes, as: UTF8.self) }

    func text() throws(Failure) -> [UInt8] {
      do throws(SystemCallError) { return try content.get() } catch {
        if error.number == EISDIR {
          throw Failure(path.bytes + Array("(1): error: input in flex scanner failed".utf8))
        }
        throw Failure(Array("error: could not open file: ".utf8) + path.bytes)
      }
    }
  }

  /// Splits `[NAMESPACE:]FILE`; a namespace is only assumed if no file has the whole name.
  private static func namespaceAndPath(_ argument: [UInt8]) -> (namespace: [UInt8]?, path: RawPath)
  {
    let exists = RawPath(argument).withCString { access($0, F_OK) } == 0
    guard !exists, let colon = argument.firstIndex(of: UInt8(ascii: ":")),
      argument.dropFirst(colon + 1).first != UInt8(ascii: "\\")
    else { return (nil, RawPath(argument)) }
    return (Array(argument[..<colon]), RawPath(Array(argument[(colon + 1)...])))
  }

  private func say(_ diagnostic: Diagnostic) {
    if diagnostic.level == .warning, arguments.has("no-warnings") { return }
    let place = "\(diagnostic.file ?? "")(\(diagnostic.line))"
    let level = diagnostic.level.rawValue
    let text =
      diagnostic.rule.map { "\(level): rule \"\($0)\" in \(place): \(diagnostic.message)" }
      ?? "\(place): \(level): \(diagnostic.message)"
    say(Array(text.utf8))
  }

  // MARK: Both

  /// Defines the variables of the command line. As in yara 4.2.3, the last result counts.
  private func define(
    _ body: (String, ExternalValue) throws(YaraError) -> Void
  ) throws(Failure) {
    var outcome: YaraError?
    for definition in arguments.texts("define") {
      outcome = nil
      guard let external = YaraExternal(definition) else {
        say(Array("error: wrong syntax for `-d` option.".utf8))
        break
      }
      do throws(YaraError) { try body(external.name, external.value) } catch { outcome = error }
    }
    if let outcome { throw Failure(outcome.yaraWords) }
  }

  /// Reads a file or pipe to its end.
  static func read(_ path: RawPath) throws(SystemCallError) -> [UInt8] {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) } ?? -1
    guard descriptor >= 0 else { throw SystemCallError(last: "open") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemCallError(last: "read") }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }
}
