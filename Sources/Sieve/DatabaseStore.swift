import Bytes
import Locks

/// The databases of a rule set: one of all literals, and smaller ones for the groups of rules that are
/// left after the gates, made when enough bytes were searched for them.
final class DatabaseStore: Sendable {
  private let plan: SievePlan
  private let cache: CacheDirectory?
  private let contexts: ContextTable
  /// The database of all literals.
  let whole: LiteralDatabase?

  private struct Entry {
    let literals: [Int32]
    var bytes: UInt64 = 0
    var database: LiteralDatabase?
    var hasFailed = false
  }
  private let entries = Locked<[BitSet: Entry]>([:])

  /// So few literals are compiled at once, in less time than it takes to read some files.
  private static let fewLiterals = 64
  /// A larger selection is compiled when so many bytes were searched with more than it needs.
  private static let worthwhile: UInt64 = 32 << 20
  /// Databases take memory; beyond so many the whole one serves.
  private static let mostDatabases = 24

  init(_ plan: SievePlan, cache: CacheDirectory?) {
    self.plan = plan
    self.cache = cache
    contexts = ContextTable(plan.tables.literals.literals)
    var all = Set(plan.groups.flatMap(\.literals))
    for rule in plan.rulesWithEffects { all.formUnion(plan.rules[Int(rule)].literals) }
    whole = LiteralDatabase(
      all.sorted(), of: plan.tables.literals, contexts: contexts, cache: cache)
  }

  /// Whether there is a library to search with.
  var isUsable: Bool { whole != nil }

  /// What a session remembers of the last database, so that it need not take the lock again.
  struct Selection {
    fileprivate var groups: BitSet?
    fileprivate var database: LiteralDatabase?
  }

  /// The database for an item of `size` bytes that these groups are left for; nil if there is none.
  func database(for groups: BitSet, size: UInt64, selection: inout Selection) -> LiteralDatabase? {
    if selection.groups == groups { return selection.database }
    let (database, isFinal) = entries.withLock { entries -> (LiteralDatabase?, Bool) in
      if entries[groups] == nil {
        guard entries.count < Self.mostDatabases else { return (whole, true) }
        entries[groups] = Entry(literals: literals(of: groups))
      }
      return self.database(of: &entries[groups]!, size)
    }
    if isFinal { selection = Selection(groups: groups, database: database) }
    return database
  }

  /// The database of an entry, and whether it stays the one.
  private func database(of entry: inout Entry, _ size: UInt64) -> (LiteralDatabase?, Bool) {
    if let database = entry.database { return (database, true) }
    guard !entry.hasFailed else { return (whole, true) }
    entry.bytes += size
    guard entry.literals.count <= Self.fewLiterals || entry.bytes >= Self.worthwhile else {
      return (whole, false)
    }
    entry.database = LiteralDatabase(
      entry.literals, of: plan.tables.literals, contexts: contexts, cache: cache)
    entry.hasFailed = entry.database == nil
    return (entry.database ?? whole, true)
  }

  private func literals(of groups: BitSet) -> [Int32] {
    var literals = Set<Int32>()
    for group in groups.members { literals.formUnion(plan.groups[group].literals) }
    // What rules with effects need is needed for every item.
    for rule in plan.rulesWithEffects { literals.formUnion(plan.rules[Int(rule)].literals) }
    return literals.sorted()
  }
}
