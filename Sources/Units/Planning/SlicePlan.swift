import Bytes

/// Divides a list of files into slices of about equal cost.
package struct SlicePlan {
  /// Cost of a slice at most, unless one file costs more.
  package struct Limits: Hashable, Sendable {
    package var bytes: UInt64 = 16 << 30
    package var items = 250_000
    /// Paths of hard-linked files in slices where they are not in order. With more, there is one slice.
    package var links = 20_000

    package init() {}
  }

  private struct Part {
    var slice: Slice
    var state: FileState
    var bytes: UInt64 = 0
    var items = 0
  }
  private struct Link: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private let limits: Limits
  private let followsLinks: Bool
  private var parts: [Part]
  private var companions: FileState
  private var links = [Link: Int]()
  private var moved = 0

  /// Divides the files. Where links are followed, a file's path depends on chance, and there is one slice.
  package init(_ list: FileList, limits: Limits, followsLinks: Bool) throws {
    self.limits = limits
    self.followsLinks = followsLinks
    companions = FileState(ignoringPaths: followsLinks)
    parts = [Part(slice: Slice(), state: FileState(ignoringPaths: followsLinks))]
    try list.drain { add($0) }
    if moved > limits.links { join() }
  }

  private mutating func add(_ entry: FileList.Entry) {
    if FileState.isCompanion(entry.path) { companions.add(entry) }
    let last = parts.count - 1
    let isFull = parts[last].items >= limits.items || parts[last].bytes >= limits.bytes
    if isFull, !followsLinks, parts[last].items > 0 {
      parts[last].slice.until = entry.path
      parts.append(
        Part(
          slice: Slice(from: entry.path), state: FileState(ignoringPaths: followsLinks)))
    }
    var owner = parts.count - 1
    var isFirst = true
    if entry.links > 1 {
      let link = Link(device: entry.device, inode: entry.inode)
      isFirst = links[link] == nil
      owner = links[link] ?? owner
      links[link] = owner
    }
    if owner != parts.count - 1 {
      moved += 1
      if moved <= limits.links {
        parts[owner].slice.with.insert(entry.path)
        parts[parts.count - 1].slice.without.insert(entry.path)
      }
    }
    parts[owner].state.add(entry)
    parts[owner].items += 1
    if isFirst { parts[owner].bytes &+= entry.size }
  }

  private mutating func join() {
    var whole = Part(slice: Slice(), state: FileState(ignoringPaths: followsLinks))
    for part in parts {
      whole.state.add(part.state)
      whole.bytes &+= part.bytes
      whole.items += part.items
    }
    parts = [whole]
  }

  /// A unit for each slice; the first reports what is no item. They cover the evidence of these ranks.
  package func units(ranks: [Int]) -> [WorkUnit] {
    parts.enumerated().map { rank, part in
      var unit = WorkUnit(.files, ranks: ranks, bytes: part.bytes)
      unit.items = part.items
      unit.slice = part.slice
      unit.reports = rank == 0
      var state = part.state
      state.add(companions)
      unit.state = state.text
      return unit
    }
  }
}
