public import Bytes
import Catalogue
public import Findings
public import Sieve
public import Yara

/// Rules that a scan uses, with the name and hash that its record keeps.
public struct RuleSet: Sendable {
  /// The compiled rules.
  public let rules: Rules
  /// What proves that most items match none of them; nil where there is no library for it.
  public let sieve: Sieve?
  /// What the custody block says of them, one entry a text.
  public let records: [RuleSetRecord]
  /// What the compiler remarked.
  public let warnings: [Diagnostic]
  /// Whether the records of installed software at known places are read, too, and make findings: a part of the
  /// built-in signatures, whatever the rules.
  public var readsTraces = false

  /// A text of rules and where it came from.
  public struct Text: Sendable {
    /// The name for messages and the record.
    public let name: String
    /// The bytes of the rule file.
    public let bytes: [UInt8]
    /// Whether `name` is the path of a file with these bytes; its includes are relative to it.
    public let isFile: Bool

    /// A text from `name`.
    public init(name: String, bytes: [UInt8], isFile: Bool = false) {
      self.name = name
      self.bytes = bytes
      self.isFile = isFile
    }
  }

  /// The signatures that are built in: rules, and the readers of records of installed software.
  public static func builtIn(cache: CacheDirectory? = nil) throws(YaraError) -> RuleSet {
    var set = try RuleSet([Text(name: "built-in", bytes: Array(Catalogue.text.utf8))], cache: cache)
    set.readsTraces = true
    return set
  }

  /// Compiles texts, in order, with external variables. Errors name the text. What takes long to make
  /// of large rule sets is kept in `cache`, if one is given.
  public init(
    _ texts: [Text], externals: [(name: String, value: ExternalValue)] = [],
    cache: CacheDirectory? = nil
  ) throws(YaraError) {
    let compiled = try Self.compiled(texts, externals, cache)
    rules = compiled.rules
    warnings = compiled.warnings
    records =
      texts.map { text in
        RuleSetRecord(name: text.name, sha256: Hexadecimal.text(of: Digest.sha256(of: text.bytes)))
      }
      + compiled.texts.flatMap(\.included).map { included in
        RuleSetRecord(
          name: included.name, sha256: Hexadecimal.text(of: Digest.sha256(of: included.bytes)))
      }
    sieve = Sieve(
      rules, texts: compiled.texts,
      externals: Dictionary(externals.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
      cache: cache)
  }

  private static func compiled(
    _ texts: [Text], _ externals: [(name: String, value: ExternalValue)],
    _ directory: CacheDirectory?
  ) throws(YaraError) -> RuleSetCache.Compiled {
    let size = texts.reduce(0) { $0 + $1.bytes.count }
    let cache =
      size < RuleSetCache.leastSize ? nil : directory.map { RuleSetCache($0, texts, externals) }
    if let kept = cache?.load(texts) { return kept }
    var compiler = try Compiler()
    for (name, value) in externals { try compiler.define(name, as: value) }
    for text in texts {
      if text.isFile {
        try compiler.add(text: text.bytes, asFile: text.name)
      } else {
        do throws(YaraError) { try compiler.add(text: text.bytes) } catch {
          throw error.named(text.name)
        }
      }
    }
    let warnings = compiler.diagnostics.filter { $0.level == .warning }
    // What was added as bytes has a name that only its host knows.
    let sources = zip(texts, compiler.texts).map { text, compiled in
      var source = compiled
      source.name = text.name
      return source
    }
    let compiled = RuleSetCache.Compiled(
      rules: try compiler.rules(), texts: sources, warnings: warnings)
    cache?.keep(compiled)
    return compiled
  }

  /// Takes rules with the sieve that was made for them.
  public init(rules: Rules, sieve: Sieve?) {
    self.rules = rules
    self.sieve = sieve
    records = []
    warnings = []
  }

  /// Takes rules that are compiled already; `records` say where they came from.
  public init(rules: Rules, records: [RuleSetRecord], warnings: [Diagnostic] = []) {
    self.rules = rules
    sieve = Sieve(rules)
    self.records = records
    self.warnings = warnings
  }
}
