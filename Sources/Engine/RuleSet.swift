public import Bytes
public import Findings
public import Profiles
package import Sieve
public import Yara

/// Rules for a scan, with the name and hash for its record.
public struct RuleSet: Sendable {
  /// The compiled rules.
  public let rules: Rules
  /// Sieve that proves that most items match none of the rules; nil if its library is not
  /// available.
  package let sieve: Sieve?
  /// Reason why libyara scans every item completely with these rules; nil if the sieve excludes
  /// items.
  public var withoutSieve: String? {
    guard sieve == nil else { return nil }
    return Sieve.unavailability ?? "the prefilter does not accept these rules"
  }
  /// Records of the rules for the custody block, one per text.
  public var records: [RuleSetRecord]
  /// Remarks of the compiler.
  public let warnings: [Diagnostic]
  /// Vendor that the rules describe: its certificates determine what code signatures prove, and
  /// its names determine product names. Without a profile, findings contain the rules'
  /// statements.
  public var profile: VendorProfile?
  /// Whether the profile's records of installed software, at known places, make findings, too.
  public var readsTraces = false

  /// A text of rules with its origin.
  public struct Text: Sendable {
    /// Name for messages and the record.
    public let name: String
    /// Bytes of the rule file.
    public let bytes: [UInt8]
    /// Whether `name` is the path of a file with these bytes; its includes are relative to it.
    public let isFile: Bool
    /// Namespace of its rules.
    public let namespace: String

    /// Creates a text from `name`.
    public init(
      name: String, bytes: [UInt8], isFile: Bool = false, namespace: String = "default"
    ) {
      self.name = name
      self.namespace = namespace
      self.bytes = bytes
      self.isFile = isFile
    }
  }

  /// Loads the rules of a profile and its records of installed software.
  public init(_ profile: VendorProfile, cache: CacheDirectory? = nil) throws(YaraError) {
    self = try RuleSet([Text(name: "built-in", bytes: Array(profile.rules.utf8))], cache: cache)
    self.profile = profile
    readsTraces = true
  }

  /// Compiles texts in order, with external variables. Errors name the text. If `cache` is given,
  /// it keeps results of large rule sets that take long to compute. `includes` says where the texts
  /// of `include` come from. `warnsOfEscapes` makes unknown escape sequences warnings (since 4.5).
  public init(
    _ texts: [Text], externals: [(name: String, value: ExternalValue)] = [],
    includes: Compiler.Includes = .files, warnsOfEscapes: Bool = false,
    cache: CacheDirectory? = nil
  ) throws(YaraError) {
    let compiled = try Self.compiled(
      texts, externals, includes, warnsOfEscapes: warnsOfEscapes, warnsOfEscapes ? nil : cache)
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
    _ includes: Compiler.Includes, warnsOfEscapes: Bool, _ directory: CacheDirectory?
  ) throws(YaraError) -> RuleSetCache.Compiled {
    let size = texts.reduce(0) { $0 + $1.bytes.count }
    // The cache compares included files, not texts that a host provides.
    let mayKeep = if case .files = includes { size >= RuleSetCache.leastSize } else { false }
    let cache = mayKeep ? directory.map { RuleSetCache($0, texts, externals) } : nil
    if let kept = cache?.load(texts) { return kept }
    var compiler = try Compiler(includes: includes)
    if warnsOfEscapes { compiler.warnOfUnknownEscapes() }
    for (name, value) in externals { try compiler.define(name, as: value) }
    for text in texts {
      if text.isFile {
        try compiler.add(text: text.bytes, asFile: text.name, namespace: text.namespace)
      } else {
        do throws(YaraError) {
          try compiler.add(text: text.bytes, namespace: text.namespace)
        } catch {
          throw error.named(text.name)
        }
      }
    }
    let warnings = compiler.diagnostics.filter { $0.level == .warning }
    // A text added as bytes has a name that only its host knows.
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

  /// Uses rules with the sieve that was made for them.
  package init(rules: Rules, sieve: Sieve?) {
    self.rules = rules
    self.sieve = sieve
    records = []
    warnings = []
  }

  /// Limit of strings in compiled rules. Their conditions are unknown, so the prefilter excludes only items without any of their
  /// strings. With more strings there is hardly such an item, and reading all atoms costs more time than it saves.
  private static let mostStringsWithoutTexts = 512

  /// Uses rules that were loaded from the bytes of a compiled file.
  package init(rules: Rules, compiledFrom bytes: [UInt8]) {
    let digest = Hexadecimal.text(of: Digest.sha256(of: bytes))
    self.init(rules: rules, records: [RuleSetRecord(name: "compiled", sha256: digest)])
  }

  /// Uses compiled rules; `records` state their origin.
  public init(rules: Rules, records: [RuleSetRecord], warnings: [Diagnostic] = []) {
    self.rules = rules
    sieve = rules.stringCount <= Self.mostStringsWithoutTexts ? Sieve(rules) : nil
    self.records = records
    self.warnings = warnings
  }
}
