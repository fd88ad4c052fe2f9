import Bytes
import Locks

/// The databases of a rule set: for all rules, and smaller ones for the groups of rules that remain after
/// the gates, made when enough bytes were searched for them.
final class DatabaseStore: Sendable {
  private let plan: SievePlan
  private let cache: CacheDirectory?
  private let contexts: ContextTable
  /// The databases for all rules; nil if the library will not compile them.
  let whole: SearchDatabases?

  private struct Entry {
    let pivots: [Int32]
    let literals: [Int32]
    var bytes: UInt64 = 0
    var databases: SearchDatabases?
    var hasFailed = false
  }
  private let entries = Locked<[BitSet: Entry]>([:])

  /// Number of literals up to which a database is compiled at once, which takes less time than reading some files.
  private static let fewLiterals = 64
  /// Number of bytes searched with more literals than needed, after which a larger selection is compiled.
  private static let worthwhile: UInt64 = 32 << 20
  /// Limit of databases, which take memory; further selections use the database of all literals.
  private static let mostDatabases = 24

  init(_ plan: SievePlan, cache: CacheDirectory?) {
    self.plan = plan
    self.cache = cache
    contexts = ContextTable(plan.tables.literals.literals)
    let all = Self.entry(Array(plan.groups.indices), plan)
    whole = SearchDatabases(
      pivots: all.pivots, literals: all.literals, of: plan.tables.literals, contexts: contexts,
      cache: cache)
  }

  /// Whether a search library is available.
  var isUsable: Bool { whole != nil }

  /// Last databases that a session used, so that it need not take the lock again.
  struct Selection {
    fileprivate var groups: BitSet?
    fileprivate var databases: SearchDatabases?
    /// Databases of a few rules, by the rules.
    fileprivate var ofRules: [[Int32]: LiteralDatabase] = [:]
  }

  /// The databases for an item of `size` bytes for which these groups remain; nil if there are none.
  func databases(for groups: BitSet, size: UInt64, selection: inout Selection) -> SearchDatabases? {
    if selection.groups == groups { return selection.databases }
    let (databases, isFinal) = entries.withLock { entries -> (SearchDatabases?, Bool) in
      if entries[groups] == nil {
        guard entries.count < Self.mostDatabases else { return (whole, true) }
        entries[groups] = Self.entry(groups.members, plan)
      }
      return self.databases(of: &entries[groups]!, size)
    }
    if isFinal {
      selection.groups = groups
      selection.databases = databases
    }
    return databases
  }

  /// The databases of an entry, and whether they are final.
  private func databases(of entry: inout Entry, _ size: UInt64) -> (SearchDatabases?, Bool) {
    if let databases = entry.databases { return (databases, true) }
    guard !entry.hasFailed else { return (whole, true) }
    entry.bytes += size
    guard entry.literals.count <= Self.fewLiterals || entry.bytes >= Self.worthwhile else {
      return (whole, false)
    }
    entry.databases = SearchDatabases(
      pivots: entry.pivots, literals: entry.literals, of: plan.tables.literals,
      contexts: contexts, cache: cache)
    entry.hasFailed = entry.databases == nil
    return (entry.databases ?? whole, true)
  }

  private static func entry(_ groups: [Int], _ plan: SievePlan) -> Entry {
    // Every item needs the literals of rules with effects.
    let always = Set(plan.rulesWithEffects.flatMap { plan.rules[Int($0)].literals })
    return Entry(
      pivots: always.union(groups.flatMap { plan.groups[$0].pivots }).sorted(),
      literals: always.union(groups.flatMap { plan.groups[$0].literals }).sorted())
  }
}

/// The databases for some rules: one of the few literals of which an item must have one, and one of all literals,
/// for items that have one.
final class SearchDatabases: Sendable {
  private static let fewPivots = 64
  private let contexts: ContextTable
  let first: LiteralDatabase
  /// Database of all literals; nil if the first one has them.
  let second: LiteralDatabase?

  init?(
    pivots: [Int32], literals: [Int32], of table: LiteralTable, contexts: ContextTable,
    cache: CacheDirectory?
  ) {
    // Of thousands of literals one is in every large file, which then is read twice: measured with 5,000
    // rules on 3.5 GB, that cost more than the first search saved.
    let isWorthIt = pivots.count <= Self.fewPivots && pivots.count < literals.count
    self.contexts = contexts
    guard
      let all = LiteralDatabase(literals, of: table, contexts: contexts, cache: cache)
    else { return nil }
    if isWorthIt {
      guard let few = LiteralDatabase(pivots, of: table, contexts: contexts, cache: cache) else {
        return nil
      }
      first = few
      second = all
    } else {
      first = all
      second = nil
    }
  }

  /// Minimum size of an item: smaller ones are searched for all literals in less time than a database takes to compile.
  private static let leastSize: UInt64 = 4 << 20
  private static let mostLiterals = 256
  private static let mostSelections = 32

  /// A database of the literals of these few rules, if only they remain for a large item: the same rules
  /// often remain for many items. Nil if the second database is the better choice.
  func third(
    for rules: [Int32], _ plan: SievePlan, size: UInt64,
    among selection: inout DatabaseStore.Selection
  ) -> LiteralDatabase? {
    guard size >= Self.leastSize, rules.count <= Self.mostLiterals else { return nil }
    let key = rules.sorted()
    if let known = selection.ofRules[key] { return known }
    let literals = Set(key.flatMap { plan.rules[Int($0)].literals })
    guard literals.count <= Self.mostLiterals,
      let made = LiteralDatabase(
        literals, of: plan.tables.literals, contexts: contexts, cache: nil)
    else { return nil }
    if selection.ofRules.count >= Self.mostSelections { selection.ofRules.removeAll() }
    selection.ofRules[key] = made
    return made
  }
}
