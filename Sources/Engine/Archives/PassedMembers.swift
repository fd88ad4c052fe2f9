package import Evidence
public import Findings

/// Members of one archive that their first bytes exclude: clean items, recorded many at a time.
public struct PassedMembers: Sendable {
  /// Item that is the archive.
  package let archive: Locator
  let origin: MemberOrigin
  private var members: [Member] = []
  /// Names of the members, one after the other: thousands wait, and each array costs an allocation.
  private var names: [UInt8] = []
  /// Counts of the members.
  public private(set) var ledger = Ledger()

  private struct Member {
    let nameEnd: Int
    let index: UInt64
    let size: UInt64
  }

  init(of archive: Locator, _ origin: MemberOrigin) {
    self.archive = archive
    self.origin = origin
  }

  /// Number of members that are kept: only as many as are recorded at once.
  static let capacity = 512

  /// Adds a member of `size` bytes of which `read` were read.
  mutating func append(_ name: [UInt8], _ index: UInt64, size: UInt64, read: UInt64) {
    names += nameOrRank(name, index)
    members.append(Member(nameEnd: names.count, index: index, size: size))
    count(size: size, read: read)
  }

  /// Counts a member that nobody asks for by its name.
  mutating func count(size: UInt64, read: UInt64) {
    ledger.enter(.clean)
    ledger.count(.excludedByGate)
    ledger.count(present: size, read: read)
  }

  /// Number of members that have names.
  package var count: Int { members.count }

  /// Passes on the path, the discriminator and the size in bytes of each.
  package func visit(_ body: ([UInt8], UInt64, UInt64) throws -> Void) rethrows {
    var path = archive.memberPrefix
    let prefix = path.count
    var start = 0
    for member in members {
      path.removeLast(path.count - prefix)
      Locator.append(memberName: names[start..<member.nameEnd], to: &path)
      start = member.nameEnd
      try body(path, origin.discriminator(of: member.index), member.size)
    }
  }
}

/// Properties that members take from the file that holds them.
struct MemberOrigin: Sendable {
  let times: FileTimes
  let inode: String?
  let discriminator: UInt64?

  /// Number of a member: names may occur twice, and what holds them may have the name of another item.
  func discriminator(of index: UInt64) -> UInt64 {
    (discriminator ?? 0) &* 0x9E37_79B9_7F4A_7C15 &+ index &+ 1
  }
}

/// The name of a member, or its rank if it has none.
func nameOrRank(_ name: [UInt8], _ index: UInt64) -> [UInt8] {
  name.isEmpty ? Array("\(index)".utf8) : name
}
