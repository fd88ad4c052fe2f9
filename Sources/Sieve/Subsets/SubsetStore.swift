import Locks
import Yara

/// Subsets of a rule set for the rules that the sieve cannot exclude, compiled when enough bytes were scanned for
/// them with the whole set.
///
/// A few rules keep most of the items that are not excluded. A subset contains the rules that keep most, and
/// serves every item whose rules are in it. A long scan uses few subsets.
final class SubsetStore: Sendable {
  private struct Entry {
    let members: Set<Int32>
    let kept: Set<String>
    let subset: RuleSubset
    var uses = 0
  }

  private struct State {
    var compiler: SubsetCompiler?
    /// The subsets, the smallest first.
    var subsets: [Entry] = []
    /// Bytes scanned with the whole set, for each rule.
    var missed: [Int32: UInt64] = [:]
    var missedInAll: UInt64 = 0
    var threshold = SubsetStore.firstThreshold
    var isCompiling = false
    var compiled = 0
  }

  private let state = Locked(State())
  let makeCompiler: @Sendable () -> SubsetCompiler
  private let makePatterns: @Sendable (Set<Int32>) -> PatternDatabase?
  private let isWorthIt: Bool

  /// Minimum number of rules; smaller sets have no subsets.
  private static let fewestRules = 32
  /// Number of bytes scanned with the whole set after which the first subset is made; later ones need more.
  private static let firstThreshold: UInt64 = 1 << 20
  private static let greatestThreshold: UInt64 = 64 << 20
  /// Fixed cost of an item in bytes: its conditions are evaluated and its strings reset.
  private static let costOfItem: UInt64 = 16 << 10
  /// Number of rules at which a subset saves most of the cost of the whole set; smaller sets take a share of it.
  private static let mostRules = 128
  /// Share of the scanned bytes, as a divisor, from which a rule becomes part of a subset.
  private static let leastShare: UInt64 = 32
  private static let mostSubsets = 8
  /// Limit of subsets that are compiled in a scan.
  private static let mostCompiled = 64

  init(
    ruleCount: Int, _ makeCompiler: @escaping @Sendable () -> SubsetCompiler,
    _ makePatterns: @escaping @Sendable (Set<Int32>) -> PatternDatabase?
  ) {
    self.makeCompiler = makeCompiler
    self.makePatterns = makePatterns
    isWorthIt = ruleCount >= Self.fewestRules
  }

  /// Subset with which to scan an item of `size` bytes instead of the whole set, for the answers of `wanted`, which
  /// are in order; nil for the whole set. Modules of `kept` stay imported.
  func subset(for wanted: [Int32], size: UInt64, keeping kept: Set<String>) -> RuleSubset? {
    guard isWorthIt, wanted.count <= Self.mostRules else { return nil }
    let (found, task) = state.withLock { state -> (RuleSubset?, ([Int32], SubsetCompiler)?) in
      for index in state.subsets.indices
      where wanted.allSatisfy(state.subsets[index].members.contains)
        && kept.isSubset(of: state.subsets[index].kept)
      {
        state.subsets[index].uses += 1
        return (state.subsets[index].subset, nil)
      }
      return (nil, self.task(for: wanted, cost: size &+ Self.costOfItem, &state))
    }
    guard let (demands, compiler) = task else { return found }
    let entry = self.entry(for: demands, compiler, keeping: kept)
    state.withLock { state in
      state.isCompiling = false
      state.compiler = compiler
      if let entry { Self.add(entry, to: &state) }
    }
    guard let entry, wanted.allSatisfy(entry.members.contains) else { return nil }
    return entry.subset
  }

  /// Records a scan with the whole set; returns the rules for a new subset, if it is time.
  private func task(for wanted: [Int32], cost: UInt64, _ state: inout State)
    -> ([Int32], SubsetCompiler)?
  {
    guard state.compiled < Self.mostCompiled else { return nil }
    for rule in wanted { state.missed[rule, default: 0] &+= cost }
    state.missedInAll &+= cost
    guard state.missedInAll >= state.threshold, !state.isCompiling else { return nil }
    // Rare rules are not worth their share of the compilation.
    let least = state.missedInAll / Self.leastShare
    let demands = state.missed.filter { $0.value >= least }.sorted {
      ($1.value, $0.key) < ($0.value, $1.key)
    }
    state.isCompiling = true
    state.compiled += 1
    state.missed.removeAll()
    state.missedInAll = 0
    state.threshold = min(2 * state.threshold, Self.greatestThreshold)
    return (demands.map(\.key), state.compiler ?? makeCompiler())
  }

  /// A subset for the rules that cost most.
  private func entry(
    for demands: [Int32], _ compiler: SubsetCompiler, keeping kept: Set<String>
  ) -> Entry? {
    var members: Set<Int32> = []
    for demand in demands {
      guard let closed = compiler.closure(of: [demand]) else { continue }
      let all = members.union(closed)
      if all.count <= Self.mostRules { members = all }
    }
    guard !members.isEmpty,
      let rules = compiler.compiled(members.sorted(), keeping: kept)
    else { return nil }
    return Entry(
      members: members, kept: kept,
      subset: RuleSubset(rules, patterns: makePatterns(members)))
  }

  private static func add(_ entry: Entry, to state: inout State) {
    if state.subsets.count >= mostSubsets,
      let least = state.subsets.indices.min(by: { state.subsets[$0].uses < state.subsets[$1].uses })
    {
      state.subsets.remove(at: least)
    }
    let place = state.subsets.firstIndex { $0.members.count > entry.members.count }
    state.subsets.insert(entry, at: place ?? state.subsets.endIndex)
  }
}
