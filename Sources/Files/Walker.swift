import Bytes
import Dispatch
import Evidence
import Glibc
import Locks

/// Walks one directory tree, several directories at a time, and pushes its files.
///
/// Directories wait on a stack, newest first: depth first keeps it short in wide trees. Blocks
/// on a concurrent queue process it. A block ends when the stack is empty; adding a directory
/// starts another block while fewer than `width` run. No block ever waits: the walk ends when
/// no directory is unfinished.
final class Walker: Sendable {
  private let evidence: RawPath
  private let options: FileSource.Options
  private let pseudoFileSystems: PseudoFileSystems
  private let remoteMounts = RemoteMounts()
  private let receiver: any ItemReceiver
  private let queue = DispatchQueue(label: "trawl.walker", attributes: .concurrent)
  private let group = DispatchGroup()

  private struct State {
    var waiting: [Directory] = []
    var running = 0
    /// Directories seen, by device and inode; kept only while links are followed.
    var entered: Set<ContentIdentity> = []
  }
  private let state = Locked(State())

  private struct Directory {
    let path: RawPath
    /// Device of its parent; nil for the target itself.
    let parentDevice: UInt64?
    /// The device of the target.
    let targetDevice: UInt64?
  }

  init(
    evidence: RawPath, options: FileSource.Options, pseudoFileSystems: PseudoFileSystems,
    receiver: any ItemReceiver
  ) {
    self.evidence = evidence
    self.options = options
    self.pseudoFileSystems = pseudoFileSystems
    self.receiver = receiver
  }

  /// Walks the tree below `path`; returns when everything in it has been pushed.
  func walk(from path: RawPath) {
    add(Directory(path: path, parentDevice: nil, targetDevice: nil))
    group.wait()
  }

  private func add(_ directory: Directory) {
    let mustStart = state.withLock { state in
      state.waiting.append(directory)
      guard state.running < max(1, options.width) else { return false }
      state.running += 1
      return true
    }
    if mustStart { queue.async(group: group) { self.emptyStack() } }
  }

  private func emptyStack() {
    while true {
      let next = state.withLock { state -> Directory? in
        if receiver.isCancelled { state.waiting.removeAll() }
        guard let directory = state.waiting.popLast() else {
          // Under the same lock as `add`, so that no directory is missed.
          state.running -= 1
          return nil
        }
        return directory
      }
      guard let next else { return }
      list(next)
    }
  }

  private func list(_ directory: Directory) {
    // A directory may be behind a link.
    let isLinked = directory.parentDevice == nil || options.followsSymbolicLinks
    let answers =
      isLinked
      ? remoteMounts.answers(at: directory.path, within: options.answerTimeout)
      : remoteMounts.canBeEntered(directory.path, within: options.answerTimeout)
    guard answers else {
      report(.ofSilentMount(options.answerTimeout), at: directory.path)
      return
    }
    do throws(SystemCallError) {
      let isTarget = directory.parentDevice == nil
      let descriptor = try Descriptor(
        reading: directory.path, followingLink: isTarget || options.followsSymbolicLinks,
        directory: true)
      let status = try descriptor.status()
      guard mayEnter(directory, descriptor, status) else { return }
      receiver.ignore(.directories, at: nil)
      let device = UInt64(status.st_dev)
      try DirectoryListing.forEach(in: descriptor) { entry in
        push(entry, in: directory, descriptor, device: device)
        return !receiver.isCancelled
      }
    } catch {
      report(ItemProblem(opening: error), at: directory.path)
    }
  }

  /// Whether a directory is evidence; called when its device differs from its parent's.
  private func mayEnter(
    _ directory: Directory, _ descriptor: borrowing Descriptor, _ status: stat
  ) -> Bool {
    let device = UInt64(status.st_dev)
    if device != directory.parentDevice {
      if pseudoFileSystems.contain(descriptor, device: device) {
        if directory.parentDevice == nil {
          report(
            ItemProblem(
              .pseudoFileSystem,
              "pseudo file system of the kernel; it holds no files to scan"),
            at: directory.path)
        } else {
          receiver.ignore(.pseudoFileSystems, at: directory.path)
        }
        return false
      }
      if options.staysOnFileSystem, let target = directory.targetDevice, device != target {
        receiver.ignore(.otherFileSystems, at: directory.path)
        return false
      }
    }
    guard options.followsSymbolicLinks else { return true }
    // A link may lead upwards: enter each directory once.
    let identity = ContentIdentity(device: device, inode: UInt64(status.st_ino))
    return state.withLock { $0.entered.insert(identity).inserted }
  }

  private func push(
    _ entry: DirectoryListing.Entry, in directory: Directory,
    _ descriptor: borrowing Descriptor, device: UInt64
  ) {
    let path = directory.path.appending(entry.name)
    switch entry.kind {
    case .directory: pushDirectory(path, in: directory, device: device)
    case .symbolicLink:
      if options.followsSymbolicLinks {
        pushLink(entry.name, path, in: directory, descriptor, device: device)
      } else {
        receiver.ignore(.symbolicLinks, at: nil)
      }
    case .file, .unknown: pushFile(path, problem: nil)
    case .pipe: pushFile(path, problem: .ofPipe)
    case .socket: pushFile(path, problem: .ofSocket)
    case .characterDevice: pushFile(path, problem: .ofCharacterDevice)
    case .blockDevice: pushFile(path, problem: .ofBlockDevice)
    case .whiteout: receiver.ignore(.specialFiles, at: nil)
    }
  }

  private func pushDirectory(_ path: RawPath, in directory: Directory, device: UInt64) {
    guard options.filter.passes(directory: path) else {
      receiver.ignore(.excluded, at: nil)
      return
    }
    add(
      Directory(
        path: path, parentDevice: device, targetDevice: directory.targetDevice ?? device))
  }

  /// Pushes an entry that is not a directory; `problem` is the reason why it cannot be scanned.
  private func pushFile(_ path: RawPath, problem: ItemProblem?) {
    guard options.filter.passes(file: path) else {
      receiver.ignore(.excluded, at: nil)
      return
    }
    if let problem {
      report(problem, at: path)
      return
    }
    receiver.receive(
      Item(
        locator: Locator(evidence: evidence, path: path),
        content: FileContent(path: path, followsLink: options.followsSymbolicLinks)))
  }

  private func pushLink(
    _ name: RawPath, _ path: RawPath, in directory: Directory,
    _ descriptor: borrowing Descriptor, device: UInt64
  ) {
    guard remoteMounts.answers(at: path, within: options.answerTimeout) else {
      report(.ofSilentMount(options.answerTimeout), at: path)
      return
    }
    var status = stat()
    // Use the name relative to the open directory: the whole path may be longer than PATH_MAX.
    let folder = descriptor.number
    guard name.withCString({ fstatat(folder, $0, &status, 0) }) == 0 else {
      // A dangling link names no content.
      receiver.ignore(.symbolicLinks, at: nil)
      return
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      pushDirectory(path, in: directory, device: device)
    } else {
      pushFile(path, problem: ItemProblem(kindOf: status))
    }
  }

  private func report(_ problem: ItemProblem, at path: RawPath) {
    receiver.report(problem, at: Locator(evidence: evidence, path: path))
  }
}
