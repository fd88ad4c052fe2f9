import Evidence

/// Access of one worker to archives: readers, and the archives that it is inside of.
final class ArchiveAccess {
  let support: any ArchiveSupport
  let policy: ArchivePolicy
  let limits: ArchiveLimits
  let isCancelled: @Sendable () -> Bool
  private let spare: any SpareSlots
  private let memory: UInt64
  /// One for each depth: a reader is in the middle of an archive while those in it are read.
  private var readers: [any ArchiveReader] = []
  private var levels: [Level] = []
  private var budget = Budget()

  /// An archive that the worker is inside of.
  private struct Level {
    let kind: ArchiveKind
    /// Bytes of it in memory.
    let held: UInt64
  }

  /// Budget left for a file and all archives in it.
  private struct Budget {
    var members = 0
    var bytes: UInt64 = 0
    var deadline = ContinuousClock.now
  }

  init(
    _ support: any ArchiveSupport, _ policy: ArchivePolicy, _ limits: ArchiveLimits, memory: Int,
    spare: any SpareSlots, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.support = support
    self.policy = policy
    self.limits = limits
    self.memory = UInt64(max(0, memory))
    self.spare = spare
    self.isCancelled = isCancelled
  }

  /// Whether an archive of this kind is opened where the worker is.
  func opens(_ kind: ArchiveKind) -> Bool { policy.opens(kind, in: levels.last?.kind) }

  /// Why an archive is not opened; nil if it may be.
  func refusal(of archive: Archive) -> ItemProblem? {
    if let refusal = support.refusal(of: archive.kind) { return refusal }
    guard levels.count < limits.depth else {
      return ItemProblem(
        .tooLarge,
        "it is inside of \(limits.depth) archives, the limit; unpack it and scan its members")
    }
    return nil
  }

  /// Goes into an archive of a content of `size` bytes.
  func enter(_ archive: Archive, size: UInt64) -> any ArchiveReader {
    if levels.isEmpty {
      budget = Budget(
        members: limits.members, bytes: limits.bytes(ofFile: size),
        deadline: .now + .seconds(limits.seconds))
    }
    if readers.count == levels.count { readers.append(support.reader()) }
    defer { levels.append(Level(kind: archive.kind, held: levels.isEmpty ? 0 : size)) }
    return readers[levels.count]
  }

  /// Comes back.
  func leave() { levels.removeLast() }

  var patience: ArchivePatience {
    var patience = ArchivePatience(deadline: budget.deadline, isCancelled: isCancelled)
    patience.spare = spare
    return patience
  }

  /// Bytes of memory left for a member.
  var room: UInt64 { memory - min(memory, levels.reduce(0) { $0 + $1.held }) }

  /// Counts a member; its problem if it is beyond the limit.
  func countMember() -> ItemProblem? {
    budget.members -= 1
    guard budget.members >= 0 else {
      return ItemProblem(
        .tooLarge,
        "it has more than \(limits.members) members, the limit; unpack it and scan the rest")
    }
    return isCancelled() ? .interrupted : nil
  }

  /// Counts unpacked bytes; the problem if they are beyond the limit.
  func count(bytes: Int) -> ItemProblem? {
    guard budget.bytes >= UInt64(bytes) else {
      budget.bytes = 0
      return ItemProblem(
        .tooLarge,
        "more is unpacked of it than the limit allows for its size; unpack it and scan the rest")
    }
    budget.bytes -= UInt64(bytes)
    return isCancelled() ? .interrupted : nil
  }
}
