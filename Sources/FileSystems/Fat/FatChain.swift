/// Clusters of a file or directory, in order.
struct FatChain {
  /// Runs of clusters that follow each other.
  private(set) var runs: [(first: UInt32, count: UInt64)] = []
  private(set) var count: UInt64 = 0
  /// Reason for its end.
  var ending: Ending = .whole

  /// Reason for the end of a chain.
  enum Ending: Hashable {
    /// The chain has the requested number of clusters, or ends with an end mark.
    case whole
    case tooShort, free, bad, impossible, unreadable, circular, overdrawn
  }

  mutating func append(_ cluster: UInt32) {
    count += 1
    if let last = runs.last, UInt64(last.first) + last.count == UInt64(cluster) {
      runs[runs.count - 1].count += 1
    } else {
      runs.append((cluster, 1))
    }
  }

  /// A chain of clusters one after the other.
  init(contiguous first: UInt32, count: UInt64) {
    runs = [(first, count)]
    self.count = count
  }

  init() {}

  /// The first `size` bytes as extents of the image, fewer if there are fewer clusters.
  func extents(_ geometry: FatGeometry, at start: UInt64, size: UInt64) -> [Extent] {
    var list = ExtentList()
    var rest = size
    for run in runs where rest > 0 {
      let length = min(rest, run.count * geometry.clusterSize)
      list.append(Extent(offset: start + geometry.offset(of: run.first), length: length))
      rest -= length
    }
    return list.all
  }

  /// Text for a problem with a file or directory of which `wanted` bytes were expected.
  func problem(_ what: String) -> String {
    let cause =
      switch ending {
      case .whole, .tooShort: "ends too early"
      case .free: "leads to a free cluster"
      case .bad: "leads to a bad cluster"
      case .impossible: "leads outside the volume"
      case .unreadable: "leads to an unreadable part of the table"
      case .circular: "contains a cycle"
      case .overdrawn: "is longer than all chains of a valid volume"
      }
    return "the cluster chain of the \(what) \(cause), after \(count) clusters"
  }
}

extension FatFileSystem {
  /// Clusters from `first` on: `limit` of them, or all up to the end mark. The copy of the table
  /// stands in where the active one has no whole chain.
  func chain(from first: UInt32, limit: UInt64?) -> FatChain {
    var best = chain(from: first, limit: limit, copy: 0)
    for copy in 1..<max(1, table.copies) where best.ending != .whole {
      let other = chain(from: first, limit: limit, copy: copy)
      if other.ending == .whole || other.count > best.count { best = other }
    }
    return best
  }

  /// Whether the copies of the table name different clusters, each for a whole chain.
  func isAmbiguous(from first: UInt32, limit: UInt64?) -> Bool {
    guard table.copies > 1, table.copiesDiffer() else { return false }
    let all = (0..<table.copies).map { chain(from: first, limit: limit, copy: $0) }
    return all.allSatisfy { $0.ending == .whole }
      && all.contains { !$0.runs.elementsEqual(all[0].runs, by: ==) }
  }

  private func chain(from first: UInt32, limit: UInt64?, copy: Int) -> FatChain {
    var chain = FatChain()
    var next = FatTable.Next.cluster(first)
    if !geometry.contains(first) { next = .impossible }
    // Brent's method: a mark that moves at each power of two is met again in a circle.
    var mark = first
    var markAge: UInt64 = 0
    var markLife: UInt64 = 1
    while chain.count < limit ?? .max {
      guard case .cluster(let cluster) = next else {
        chain.ending =
          switch next {
          case .end: limit == nil ? .whole : .tooShort
          case .free: .free
          case .bad: .bad
          case .unreadable: .unreadable
          default: .impossible
          }
        return chain
      }
      guard spendStep() else {
        chain.ending = .overdrawn
        return chain
      }
      if markAge > 0, cluster == mark {
        return Self.cut(chain, before: cluster)
      }
      if markAge == markLife {
        mark = cluster
        markAge = 0
        markLife *= 2
      }
      markAge += 1
      chain.append(cluster)
      next = table.next(cluster, copy: copy)
    }
    return chain
  }

  /// A circular chain up to where a cluster is met for the second time.
  private static func cut(_ chain: FatChain, before repeated: UInt32) -> FatChain {
    var whole = FatChain()
    var seen = InodeSet()
    for run in chain.runs {
      for number in UInt64(run.first)..<(UInt64(run.first) + run.count) {
        guard seen.insert(number) else {
          whole.ending = .circular
          return whole
        }
        whole.append(UInt32(number))
      }
    }
    // The mark was met by the next cluster only.
    whole.ending = .circular
    return whole
  }
}
