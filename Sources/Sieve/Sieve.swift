package import Bytes
package import Yara
import YaraSyntax

/// The prefilter: proves, as cheaply as it can, that libyara would find nothing in an item. libyara scans the
/// other items. No rule matches an excluded item. Shared by the threads of a scan, each of which works
/// with a session of its own.
package final class Sieve: Sendable {
  let plan: SievePlan
  /// The text of each rule, where it was understood.
  let sources: RuleSources
  private let compiled: Rules
  let store: DatabaseStore
  let subsets: SubsetStore

  /// The version of the search library; nil if there is none, and therefore no sieve.
  package static var libraryVersion: String? { HyperscanDatabase.libraryVersion }

  /// The file of libyara on the disk, for keys of compiled data; nil if it is not found.
  package static var libraryFile: String? { PlanCache.library?.description }

  /// The semantics of libyara that the sieve was compared with, rule by rule (`scripts/prove-sieve`).
  static let proven: Set<Library.Semantics> = [.v42, .v45]

  /// Reason why this process has no sieve, with the remedy; nil if it has one.
  package static var unavailability: String? {
    if let refusal = refusal(ofHyperscan: libraryVersion) { return refusal }
    guard let semantics = Library.semantics, proven.contains(semantics) else {
      return
        "libyara \(Library.version) is not a version that the prefilter is proven with (4.2.3, 4.5.2 to 4.5.8)"
    }
    return nil
  }

  /// Versions of Hyperscan that the sieve was compared with libyara over. Vectorscan goes by Hyperscan's name and
  /// interface, and by later versions: 5.4.11 (Debian 13, Ubuntu 24.04) misses some matches that end with the last byte.
  private static let provenHyperscan: Set<Substring> = ["5.4.0", "5.4.2"]

  /// Reason why there can be no sieve with a `libhs.so.5` that states this version, as in `5.4.2 2023-09-22`.
  static func refusal(ofHyperscan version: String?) -> String? {
    guard let version else {
      return "libhs.so.5 (Hyperscan) is not installed, or this processor cannot run it"
    }
    guard let number = version.split(separator: " ").first, provenHyperscan.contains(number) else {
      return "libhs.so.5 is version \(version), which is not one that the prefilter is proven with"
        + " (Hyperscan 5.4.0, 5.4.2; Vectorscan misses matches): install libhyperscan5"
    }
    return nil
  }

  /// A sieve for compiled rules. `texts` are their source texts, for their conditions; without them,
  /// as for a compiled file, strings alone decide. `externals` are the external variables as they were
  /// defined. Databases of literals, and the plan of large texts, are kept in `cache`, if it is given.
  /// Rules whose compilation depends on more than their texts are not `isReproducible`: they
  /// have no subsets, and their plan is not kept. Nil if there can be no sieve (``unavailability``).
  package convenience init?(
    _ rules: Rules, texts: [RuleText] = [], externals: [String: ExternalValue] = [:],
    cache: CacheDirectory? = nil, isReproducible: Bool = true
  ) {
    guard Self.unavailability == nil, let semantics = Library.semantics else { return nil }
    let kept =
      isReproducible ? cache.flatMap { PlanCache($0, texts, externals, semantics) } : nil
    let stored = kept?.load(rules, texts, semantics)
    let plan = stored ?? Self.plan(rules, texts, externals, semantics)
    if stored == nil { kept?.keep(plan) }
    self.init(plan, rules, texts, externals, cache, usesSubsets: isReproducible)
  }

  /// The sieve after a round trip through the format of the cache, for the proof; nil if it cannot be read.
  package convenience init?(
    storedFrom rules: Rules, texts: [RuleText], externals: [String: ExternalValue]
  ) {
    guard Self.unavailability == nil, let semantics = Library.semantics else { return nil }
    let bytes = Self.plan(rules, texts, externals, semantics).bytes
    guard
      let plan = StoredPlan(
        bytes, ruleCount: rules.count, stringCount: rules.stringCount, texts: texts,
        semantics: semantics)
    else { return nil }
    self.init(plan, rules, texts, externals, nil, usesSubsets: true)
  }

  private static func plan(
    _ rules: Rules, _ texts: [RuleText], _ externals: [String: ExternalValue],
    _ semantics: Library.Semantics
  ) -> StoredPlan {
    let binding = RuleBinding(rules, texts: texts, externals: externals, semantics: semantics)
    return StoredPlan(
      plan: SievePlan(binding.tables, rules: rules.rules), places: binding.places,
      imports: binding.imports)
  }

  private init?(
    _ stored: StoredPlan, _ rules: Rules, _ texts: [RuleText],
    _ externals: [String: ExternalValue], _ cache: CacheDirectory?, usesSubsets: Bool
  ) {
    let plan = stored.plan
    let sources = RuleSources(stored.places, texts: texts)
    let imports = stored.imports
    self.plan = plan
    self.sources = sources
    compiled = rules
    subsets = SubsetStore(
      ruleCount: usesSubsets ? rules.count : 0,
      { SubsetCompiler(rules.rules, sources, imports: imports, externals: externals) },
      { PatternDatabase($0, of: plan, sources) })
    store = DatabaseStore(plan, cache: cache)
    guard store.isUsable else { return nil }
  }

  /// Compiles some rules, by their numbers, with all rules that they need: a scan may use them in place of
  /// the whole set. Nil if their texts were not understood.
  package func rules(closedOver some: [Int32]) -> Rules? {
    let compiler = subsets.makeCompiler()
    return compiler.closure(of: some).flatMap { compiler.compiled($0) }
  }

  /// Names of the rules and the like, in order.
  var described: [Rule] { compiled.rules }

  /// The sieve for one thread.
  package func session() -> SieveSession {
    SieveSession(plan: plan, store: store, subsets: subsets)
  }
}
