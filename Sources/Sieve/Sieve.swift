public import Bytes
public import Yara
import YaraSyntax

/// Proves of items, as cheaply as it can, that libyara would find nothing in them. What it lets through
/// libyara scans; what it excludes no rule matches. Shared by the threads of a scan, each of which works
/// with a session of its own.
public final class Sieve: Sendable {
  let plan: SievePlan
  /// The text of each rule, where it was understood.
  let sources: [RuleSource?]
  let store: DatabaseStore

  /// The version of the library that looks for literals; nil where there is none, and no sieve.
  public static var libraryVersion: String? { HyperscanDatabase.libraryVersion }

  /// A sieve for compiled rules. `texts` are what they were compiled from, for their conditions; without,
  /// as for a compiled file, strings alone decide. `externals` are the external variables as they were
  /// defined. Databases of literals are kept in `cache`, if it is given.
  /// Nil where there is no library to search with, or it will not.
  public convenience init?(
    _ rules: Rules, texts: [RuleText] = [], externals: [String: ExternalValue] = [:],
    cache: CacheDirectory? = nil
  ) {
    guard Self.libraryVersion != nil else { return nil }
    let binding = RuleBinding(rules, texts: texts, externals: externals)
    self.init(binding, rules.rules, cache)
  }

  private init?(_ binding: RuleBinding, _ rules: [Rule], _ cache: CacheDirectory?) {
    plan = SievePlan(binding.tables, rules: rules)
    sources = binding.syntax
    store = DatabaseStore(plan, cache: cache)
    guard store.isUsable else { return nil }
  }

  /// The sieve for one thread.
  public func session() -> SieveSession { SieveSession(plan: plan, store: store) }
}
