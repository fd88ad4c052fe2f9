import Bytes
import Yara

/// Plans kept between runs. An entry serves only the same texts, external variables, libyara and program: others
/// have their own entries.
struct PlanCache {
  private let directory: CacheDirectory
  private let key: [UInt8]

  /// Size in bytes of texts whose plan is made faster than it is found.
  private static let leastSize = 256 << 10

  /// The place of the plan of these texts; nil where it is not worth one.
  init?(
    _ directory: CacheDirectory, _ texts: [RuleText], _ externals: [String: ExternalValue],
    _ semantics: Library.Semantics
  ) {
    let size = texts.reduce(0) { $0 + $1.bytes.count }
    guard size >= Self.leastSize, let program = Self.program, let library = Self.library else {
      return nil
    }
    self.directory = directory
    var key = Array(
      "plan \(StoredPlan.format) \(program) \(library) \(Library.version) \(semantics)\n".utf8)
    for (name, value) in externals.sorted(by: { $0.key < $1.key }) {
      key += "\(name)=\(value)\n".utf8
    }
    for text in texts {
      key += "\(text.namespace) \(text.bytes.count) \(text.included.count)\n".utf8
      key += Digest.sha256(of: text.bytes)
      for included in text.included { key += Digest.sha256(of: included.bytes) }
    }
    self.key = key
  }

  /// The file from which this code was loaded: another build of the sieve is another file.
  private static let program = ObjectFile(holding: #dsohandle)
  /// The file of libyara, or of the program if libyara is linked into it.
  static let library = ObjectFile(defining: "yr_initialize") ?? program

  func load(_ rules: Rules, _ texts: [RuleText], _ semantics: Library.Semantics) -> StoredPlan? {
    guard let bytes = directory.entry(for: key) else { return nil }
    return StoredPlan(
      bytes, ruleCount: rules.count, stringCount: rules.stringCount, texts: texts,
      semantics: semantics)
  }

  func keep(_ plan: StoredPlan) { directory.keep(plan.bytes, for: key) }
}
