import Bytes
import Glibc
import Sieve
import Trawl
import Yara

/// The rules of `trawl match`, compiled or loaded as `yara` does it.
struct MatchRules {
  /// Why there are none; what it has to say, without a line end, or nothing if all was said.
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

  /// The rules and their sieve.
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
    do throws(YaraError) { compiler = try Compiler() } catch { throw Failure() }
    var externals: [String: ExternalValue] = [:]
    // Of several definitions of one variable the first holds for the compiler, and the last decides
    // whether that was an error: yara 4.2.3 looks at nothing but the last result.
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
    var said = 0
    for file in arguments.ruleFiles {
      let (namespace, path) = Self.namespaceAndPath(file)
      let text: [UInt8]
      do throws(SystemCallError) {
        text = try Self.read(path == "-" ? "/dev/stdin" : path)
      } catch {
        if error.number == EISDIR {
          throw Failure(path.bytes + Array("(1): error: input in flex scanner failed".utf8))
        }
        throw Failure(Array("error: could not open file: ".utf8) + path.bytes)
      }
      var failure: YaraError?
      do throws(YaraError) {
        try compiler.add(
          text: text, asFile: String(decoding: path.bytes, as: UTF8.self),
          namespace: namespace.map { String(decoding: $0, as: UTF8.self) })
      } catch { failure = error }
      let diagnostics = compiler.diagnostics
      for diagnostic in diagnostics.dropFirst(said) { say(diagnostic) }
      said = diagnostics.count
      if let failure {
        throw failure.diagnostics.isEmpty ? Failure(failure.yaraWords) : Failure()
      }
    }
    let hasWarnings = compiler.diagnostics.contains { $0.level == .warning }
    if arguments.has("fail-on-warnings"), hasWarnings, !arguments.has("no-warnings") {
      throw Failure()
    }
    let texts = compiler.texts
    do throws(YaraError) {
      let rules = try compiler.rules()
      return RuleSet(
        rules: rules,
        sieve: Sieve(rules, texts: texts, externals: externals, cache: cache))
    } catch { throw Failure(error.yaraWords) }
  }

  /// A name that no file has may be one with a namespace before it.
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

  /// Defines the variables of the command line. As in yara 4.2.3 the last result counts.
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

  /// All bytes of what can be read from start to end, a pipe too.
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
