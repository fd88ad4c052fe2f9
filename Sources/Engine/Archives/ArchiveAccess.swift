import Evidence

/// Access of one worker to archives and images: readers, and those that it is inside of.
final class ArchiveAccess {
  let support: any ArchiveSupport
  let policy: ArchivePolicy
  let limits: ArchiveLimits
  let isCancelled: @Sendable () -> Bool
  private let spare: any SpareSlots
  private let memory: UInt64
  /// Support for images; nil if none is opened.
  private let images: (any ImageSupport)?
  private let imagePolicy: ImagePolicy
  /// One for each depth: a reader is in the middle of an archive while those in it are read.
  private var readers: [any ArchiveReader] = []
  private var levels: [Level] = []
  private var budget = Budget()

  /// An archive or image that the worker is inside of.
  private struct Level {
    /// Kind of the archive; nil for an image.
    let kind: ArchiveKind?
    /// Bytes of it in memory.
    let held: UInt64
    /// Budget of the image that it is a file of, which goes on behind it.
    let image: Budget?
  }

  /// Budget left for a file and all archives in it.
  private struct Budget {
    var members = 0
    var bytes: UInt64 = 0
    /// Bytes that there were at first.
    var granted: UInt64 = 0
    var deadline = ContinuousClock.now
  }

  init(
    _ support: any ArchiveSupport, _ policy: ArchivePolicy, _ limits: ArchiveLimits, memory: Int,
    spare: any SpareSlots, images: (any ImageSupport)? = nil, imagePolicy: ImagePolicy = .none,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.images = images
    self.imagePolicy = imagePolicy
    self.support = support
    self.policy = policy
    self.limits = limits
    self.memory = UInt64(max(0, memory))
    self.spare = spare
    self.isCancelled = isCancelled
  }

  /// Whether an archive of this kind is opened where the worker is.
  func opens(_ kind: ArchiveKind) -> Bool { policy.opens(kind, in: levels.last?.kind) }

  /// Support for images if an image at `locator` is opened; nil if it is not.
  func images(at locator: Locator) -> (any ImageSupport)? {
    imagePolicy.opens(at: locator) ? images : nil
  }

  /// Why an archive is not opened; nil if it may be.
  func refusal(of archive: Archive) -> ItemProblem? {
    support.refusal(of: archive.kind) ?? refusalOfDepth
  }

  /// Why nothing is opened inside of so many others; nil if it may be.
  var refusalOfDepth: ItemProblem? {
    guard levels.count < limits.depth else {
      return ItemProblem(
        .tooLarge,
        "it is inside of \(limits.depth) archives, the limit; unpack it and scan its members")
    }
    return nil
  }

  /// Goes into an archive of a content of `size` bytes.
  func enter(_ archive: Archive, size: UInt64) -> any ArchiveReader {
    while readers.count <= levels.count { readers.append(support.reader()) }
    defer { enter(archive.kind, size, members: limits.members, seconds: limits.seconds) }
    return readers[levels.count]
  }

  /// Goes into an image of a content of `size` bytes.
  func enterImage(size: UInt64) {
    enter(nil, size, members: limits.imageFiles, seconds: limits.imageSeconds)
  }

  private func enter(_ kind: ArchiveKind?, _ size: UInt64, members: Int, seconds: Int) {
    // Members of archives are in memory and share a budget; files of an image have one each, within that of the image.
    let isFile = levels.last.map { $0.kind == nil } ?? true
    let outer = levels.isEmpty ? nil : budget
    if isFile {
      let bytes = min(limits.bytes(ofFile: size), outer?.bytes ?? .max)
      let deadline = ContinuousClock.now + .seconds(seconds)
      budget = Budget(
        members: members, bytes: bytes, granted: bytes,
        deadline: min(deadline, outer?.deadline ?? deadline))
    }
    levels.append(Level(kind: kind, held: isFile ? 0 : size, image: isFile ? outer : nil))
  }

  /// Comes back.
  func leave() {
    guard let image = levels.removeLast().image else { return }
    let used = budget.granted - budget.bytes
    budget = image
    budget.bytes -= min(used, budget.bytes)
  }

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
