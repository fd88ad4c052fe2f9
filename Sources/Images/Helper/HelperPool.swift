import Bytes
import Containers
import Evidence
import FileSystems
import HelperProcesses
import Locks
import Volumes

/// Helper processes of one image. Some read streams for the workers: at most one per worker,
/// started on demand, used by one worker at a time. Others describe the image: one per volume,
/// which names the file system and then lists it, so that no volume can affect another's
/// helper.
final class HelperPool: Sendable {
  private let subject: Subject
  private let options: ImageSource.Options
  private let isCancelled: @Sendable () -> Bool

  /// Passed from thread to thread under the lock, used by one at a time.
  private struct Idle: @unchecked Sendable {
    var helpers: [HelperProcess] = []
  }
  private let idle = Locked(Idle())

  /// Helpers that wait for their next request, also passed on under the lock.
  private struct Waiting: @unchecked Sendable {
    /// Helper that has read the partition table, but no volume yet.
    var first: HelperProcess?
    /// Helpers by the only volume that each has opened.
    var helpers: [VolumeAddress: HelperProcess] = [:]
    /// Limit of waiting helpers: an image may have thousands of volumes.
    static let most = 8
  }
  private let waiting = Locked(Waiting())
  private let decoded = Locked(UInt64(0))
  /// Bytes that helpers read in place of those of the medium.
  private let patches = Locked([MediumPatch]())

  /// Number of chunks decoded, according to the helpers.
  var chunksDecoded: UInt64 { decoded.withLock { $0 } }

  /// Medium that helpers read.
  enum Subject {
    /// The image in these files.
    case files([RawPath])
    /// A medium that only this process has.
    case medium(any Medium)

    fileprivate var medium: (any Medium)? {
      if case .medium(let medium) = self { medium } else { nil }
    }
  }

  init(
    _ subject: Subject, _ options: ImageSource.Options,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.subject = subject
    self.options = options
    self.isCancelled = isCancelled
  }

  /// Starts a helper with the image open.
  func start() throws(HelperProcess.Failure) -> HelperProcess {
    // The pool owns waiting helpers: they must not own the pool, or both would outlive the scan.
    let helper = try HelperProcess(
      options.helper, FrameStream.Patience(seconds: options.timeout, isCancelled: isCancelled),
      medium: subject.medium,
      noteChunks: { [weak self] chunks in self?.decoded.withLock { $0 &+= chunks } })
    switch subject {
    case .files(let files): try carryOut(.open(files), helper)
    case .medium(let medium): try carryOut(.attach(size: medium.size), helper)
    }
    let patches = patches.withLock { $0 }
    if !patches.isEmpty { try carryOut(.patch(patches), helper) }
    return helper
  }

  private func carryOut(_ request: HelperRequest, _ helper: HelperProcess)
    throws(HelperProcess.Failure)
  {
    try helper.send(request)
    switch try helper.receive() {
    case .done: return
    case .failed(let message): throw .refused(message)
    default: throw .protocolError("unexpected reply")
    }
  }

  /// Changes the bytes that helpers read in place of those of the medium.
  func replace(_ change: (inout [MediumPatch]) -> Void) {
    let changed = patches.withLock { patches in
      let before = patches
      change(&patches)
      return patches != before
    }
    guard changed else { return }
    // Those that wait know the medium as it was.
    waiting.withLock { $0 = Waiting() }
    idle.withLock { $0 = Idle() }
  }

  /// Returns a helper that has the image open and has opened no volume but this: the one that
  /// named its file system if it still waits, else one that has only read the partition table,
  /// else a new one.
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
    // One thread used it, and has released it.
    nonisolated(unsafe) let helper = helper
    waiting.withLock { waiting in
      guard let volume else {
        waiting.first = helper
        return
      }
      if waiting.helpers.count < Waiting.most { waiting.helpers[volume] = helper }
    }
  }

  /// Volumes of the partition table, read with this sector size in bytes; empty without a table.
  func partitions(sectorSize: UInt32) throws(HelperProcess.Failure) -> [VolumeEntry] {
    let helper = try start()
    try helper.send(.volumes(sectorSize: sectorSize))
    var entries = [VolumeEntry]()
    while true {
      switch try helper.receive() {
      case .volume(let entry):
        // A partition table has fewer entries.
        guard entries.count < 4096, entry.start <= UInt64(Int64.max) else {
          throw .protocolError("invalid volumes")
        }
        entries.append(entry)
      case .done:
        keep(helper, for: nil)
        return entries
      case .failed(let message): throw .refused(message)
      default: throw .protocolError("unexpected reply")
      }
    }
  }

  /// Name of a volume's file system, or why it cannot be opened. A helper that fails affects no
  /// other volume.
  func fileSystem(at volume: VolumeAddress) throws(HelperProcess.Failure)
    -> Result<String, FileSystemRefusal>
  {
    let helper = try start(for: volume)
    try helper.send(.probe(volume))
    switch try helper.receive() {
    case .fileSystem(let name):
      guard case .done = try helper.receive() else { throw .protocolError("more than one name") }
      keep(helper, for: volume)
      return .success(name)
    case .refused(let refusal): return .failure(refusal)
    case .failed(let message): return .failure(.unknown(message))
    default: throw .protocolError("unexpected reply")
    }
  }

  /// Volumes of the APFS container that begins at a byte of the image.
  func containedVolumes(at container: UInt64) throws(HelperProcess.Failure) -> [ContainedVolume] {
    let address = VolumeAddress(start: container)
    let helper = try start(for: address)
    try helper.send(.containedVolumes(container: container))
    var volumes = [ContainedVolume]()
    while true {
      switch try helper.receive() {
      case .containedVolume(let volume):
        // Number of volumes in a container's superblock (NX_MAX_FILE_SYSTEMS).
        guard volumes.count < 100, volume.block > 0 else { throw .protocolError("invalid volumes") }
        volumes.append(volume)
      case .done:
        keep(helper, for: address)
        return volumes
      case .failed(let message): throw .refused(message)
      default: throw .protocolError("unexpected reply")
      }
    }
  }

  /// Reads part of a stream; a helper that fails is not reused.
  func read(_ address: StreamAddress, of volume: VolumeAddress, offset: UInt64, count: UInt32)
    throws(HelperProcess.Failure) -> [UInt8]
  {
    let request = HelperRequest.read(address, of: volume, offset: offset, count: count)
    // A waiting helper may have died, which is no failure of this stream.
    if let free = idle.withLock({ $0.helpers.popLast() }) {
      do throws(HelperProcess.Failure) { return try bytes(for: request, from: free, count) } catch {
        guard case .died = error else { throw error }
      }
    }
    return try bytes(for: request, from: try start(), count)
  }

  private func bytes(for request: HelperRequest, from helper: HelperProcess, _ count: UInt32)
    throws(HelperProcess.Failure) -> [UInt8]
  {
    try helper.send(request)
    let (bytes, message) = try Self.data(from: helper)
    guard bytes.count <= Int(count) else { throw .protocolError("more bytes than requested") }
    giveBack(helper)
    if let message { throw .refused(message) }
    return bytes
  }

  private func giveBack(_ helper: HelperProcess) {
    // One thread used it, and has released it.
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
        guard bytes.count <= Frame.maximumLength else { throw .protocolError("endless data") }
      case .done: return (bytes, nil)
      case .failed(let message): return (bytes, message)
      default: throw .protocolError("unexpected reply")
      }
    }
  }
}

extension ItemProblem {
  /// Translates a failure of a helper into a problem of the item or volume that it worked on.
  init(_ failure: HelperProcess.Failure) {
    switch failure {
    case .cancelled: self.init(.interrupted, failure.description)
    default: self.init(.unreadable, failure.description)
    }
  }
}
