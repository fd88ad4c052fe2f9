import Bytes
import Evidence
import Locks

/// Helper processes of one image. Those that read streams for the workers: one a worker at most, started when needed,
/// used by one worker at a time. And those that describe it: one a volume, which names the file system and then lists
/// it, so that no volume can do anything to another's helper.
final class HelperPool: Sendable {
  private let files: [RawPath]
  private let options: ImageSource.Options
  private let isCancelled: @Sendable () -> Bool

  /// Handed from thread to thread under the lock, used by one at a time.
  private struct Idle: @unchecked Sendable {
    var helpers: [HelperProcess] = []
  }
  private let idle = Locked(Idle())

  /// Helpers that wait for what they are asked next, handed on under the lock, too.
  private struct Waiting: @unchecked Sendable {
    /// Has read the partition table and no volume yet.
    var first: HelperProcess?
    /// Has looked at this volume and at no other.
    var helpers: [VolumeAddress: HelperProcess] = [:]
    /// An image may have thousands of volumes.
    static let most = 8
  }
  private let waiting = Locked(Waiting())
  private let decoded = Locked(UInt64(0))

  /// How many chunks the helpers say that they decoded.
  var chunksDecoded: UInt64 { decoded.withLock { $0 } }

  init(
    _ files: [RawPath], _ options: ImageSource.Options,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.files = files
    self.options = options
    self.isCancelled = isCancelled
  }

  /// A helper of its own, with the image open.
  func start() throws(HelperProcess.Failure) -> HelperProcess {
    // A helper that waits is the pool's: it must not keep the pool, or both would live on after the scan.
    let helper = try HelperProcess(
      options.helper, FrameStream.Patience(seconds: options.timeout, isCancelled: isCancelled),
      noteChunks: { [weak self] chunks in self?.decoded.withLock { $0 &+= chunks } })
    try helper.send(.open(files))
    switch try helper.receive() {
    case .done: return helper
    case .failed(let message): throw .refused(message)
    default: throw .lied("an answer to another question")
    }
  }

  /// A helper that has looked at no other volume than this, with the image open: the one that named its file system,
  /// if it waits still, else one that has read the partition table, else a new one.
  func start(for volume: VolumeAddress) throws(HelperProcess.Failure) -> HelperProcess {
    let waits = waiting.withLock { waiting in
      Waiting(
        first: waiting.helpers.removeValue(forKey: volume)
          ?? waiting.helpers.removeValue(forKey: VolumeAddress(start: volume.start))
          ?? waiting.first.take())
    }
    if let helper = waits.first, helper.isAlive { return helper }
    return try start()
  }

  private func keep(_ helper: HelperProcess, for volume: VolumeAddress?) {
    // One thread had it, and has let go of it.
    nonisolated(unsafe) let helper = helper
    waiting.withLock { waiting in
      guard let volume else {
        waiting.first = helper
        return
      }
      if waiting.helpers.count < Waiting.most { waiting.helpers[volume] = helper }
    }
  }

  /// The volumes of the partition table, which counts in sectors of so many bytes; empty without one.
  func partitions(sectorSize: UInt32) throws(HelperProcess.Failure) -> [VolumeEntry] {
    let helper = try start()
    try helper.send(.volumes(sectorSize: sectorSize))
    var entries = [VolumeEntry]()
    while true {
      switch try helper.receive() {
      case .volume(let entry):
        // No partition table has so many entries.
        guard entries.count < 4096, entry.start <= UInt64(Int64.max) else {
          throw .lied("impossible volumes")
        }
        entries.append(entry)
      case .done:
        keep(helper, for: nil)
        return entries
      case .failed(let message): throw .refused(message)
      default: throw .lied("an answer to another question")
      }
    }
  }

  /// What the file system of a volume is called; a helper that fails costs nobody else anything.
  func fileSystemName(at volume: VolumeAddress) throws(HelperProcess.Failure) -> String {
    let helper = try start(for: volume)
    try helper.send(.probe(volume))
    switch try helper.receive() {
    case .fileSystem(let name):
      guard case .done = try helper.receive() else { throw .lied("more than one name") }
      keep(helper, for: volume)
      return name
    case .failed(let message): throw .refused(message)
    default: throw .lied("an answer to another question")
    }
  }

  /// The volumes of the APFS container that begins at a byte of the image.
  func containedVolumes(at container: UInt64) throws(HelperProcess.Failure) -> [ContainedVolume] {
    let address = VolumeAddress(start: container)
    let helper = try start(for: address)
    try helper.send(.containedVolumes(container: container))
    var volumes = [ContainedVolume]()
    while true {
      switch try helper.receive() {
      case .containedVolume(let volume):
        // The superblock of a container has room for so many (NX_MAX_FILE_SYSTEMS).
        guard volumes.count < 100, volume.block > 0 else { throw .lied("impossible volumes") }
        volumes.append(volume)
      case .done:
        keep(helper, for: address)
        return volumes
      case .failed(let message): throw .refused(message)
      default: throw .lied("an answer to another question")
      }
    }
  }

  /// Reads part of a stream; a helper that fails is not used again.
  func read(_ address: StreamAddress, offset: UInt64, count: UInt32) throws(ItemProblem) -> [UInt8]
  {
    do throws(HelperProcess.Failure) {
      let request = HelperRequest.read(address, offset: offset, count: count)
      // One that waited may have died meanwhile: that says nothing of this stream.
      if let free = idle.withLock({ $0.helpers.popLast() }) {
        do throws(HelperProcess.Failure) { return try answer(to: request, of: free, count) } catch {
          guard case .died = error else { throw error }
        }
      }
      return try answer(to: request, of: try start(), count)
    } catch {
      throw ItemProblem(error)
    }
  }

  private func answer(to request: HelperRequest, of helper: HelperProcess, _ count: UInt32)
    throws(HelperProcess.Failure) -> [UInt8]
  {
    try helper.send(request)
    let (bytes, message) = try Self.data(from: helper)
    guard bytes.count <= Int(count) else { throw .lied("more bytes than were asked for") }
    giveBack(helper)
    if let message { throw .refused(message) }
    return bytes
  }

  private func giveBack(_ helper: HelperProcess) {
    // One thread had it, and has let go of it.
    nonisolated(unsafe) let helper = helper
    idle.withLock { $0.helpers.append(helper) }
  }

  private static func data(from helper: HelperProcess) throws(HelperProcess.Failure)
    -> (bytes: [UInt8], message: String?)
  {
    var bytes = [UInt8]()
    while true {
      switch try helper.receive() {
      case .data(let more):
        bytes += more
        guard bytes.count <= Frame.maximumLength else { throw .lied("endless data") }
      case .done: return (bytes, nil)
      case .failed(let message): return (bytes, message)
      default: throw .lied("an answer to another question")
      }
    }
  }
}

extension ItemProblem {
  /// What a failure of a helper means for the item or volume that it worked on.
  init(_ failure: HelperProcess.Failure) {
    switch failure {
    case .cancelled: self.init(.interrupted, failure.description)
    default: self.init(.unreadable, failure.description)
    }
  }
}
