public import Bytes
public import Evidence
import Glibc

/// Files and directories of a live file system as evidence.
public struct FileSource: ItemSource {
  /// Selection of the files in a directory, and how to walk it.
  public struct Options: Hashable, Sendable {
    /// Filter of the paths to scan.
    public var filter = PathFilter()
    /// Whether symbolic links inside a directory are followed; a target itself is always followed.
    public var followsSymbolicLinks = false
    /// Whether directories on other file systems than their target are ignored.
    public var staysOnFileSystem = false
    /// Number of directories read at the same time.
    public var width = 2
    /// Seconds that a network or FUSE file system may take to answer before it is skipped.
    public var answerTimeout = 30

    /// Creates the defaults: everything below a target, links not followed, two directories at a
    /// time.
    public init() {}
  }

  private let targets: [RawPath]
  private let options: Options

  /// Creates a source of the files and directories named by `targets`, in order.
  public init(_ targets: [RawPath], options: Options = Options()) {
    self.targets = targets
    self.options = options
  }

  /// The targets with their current types.
  public var evidence: [EvidenceDescription] { targets.map(Self.describe) }

  /// Pushes the files of every target, one target after the other.
  public func push(to receiver: any ItemReceiver) {
    let pseudoFileSystems = PseudoFileSystems()
    let mounts = RemoteMounts()
    for target in targets where !receiver.isCancelled {
      let path = Self.absolute(target)
      let answers = mounts.answers(
        at: path, within: options.answerTimeout, isCancelled: { receiver.isCancelled })
      if answers {
        push(target, to: receiver, pseudoFileSystems)
      } else {
        receiver.report(
          .ofSilentMount(options.answerTimeout), at: Locator(evidence: target, path: path))
      }
    }
  }

  private func push(
    _ target: RawPath, to receiver: any ItemReceiver, _ pseudoFileSystems: PseudoFileSystems
  ) {
    let path = Self.absolute(target)
    let locator = Locator(evidence: target, path: path)
    switch Self.status(of: target) {
    case .failure(let error):
      let problem =
        switch error.number {
        case ENOENT, ENOTDIR: ItemProblem(.missing, "does not exist")
        case ELOOP: ItemProblem(.unreadable, "cannot be opened: \(error.words)")
        default: ItemProblem(opening: error)
        }
      receiver.report(problem, at: locator)
    case .success(let status) where status.st_mode & S_IFMT == S_IFDIR:
      Walker(
        evidence: target, options: options, pseudoFileSystems: pseudoFileSystems,
        receiver: receiver
      ).walk(from: path)
    case .success(let status):
      if let problem = ItemProblem(kindOf: status) {
        receiver.report(problem, at: locator)
      } else {
        receiver.receive(
          Item(locator: locator, content: FileContent(path: path, followsLink: true)))
      }
    }
  }

  /// The file `target` as an item, whatever it is found to be when it is opened.
  package static func item(at target: RawPath) -> Item {
    let path = absolute(target)
    return Item(
      locator: Locator(evidence: target, path: path),
      content: FileContent(path: path, followsLink: true))
  }

  /// Target as an absolute path without `.` and doubled slashes. `..` stays: its meaning depends
  /// on links, and a locator must lead back to the file.
  public static func absolute(_ target: RawPath) -> RawPath {
    let slash = UInt8(ascii: "/")
    var whole = target.bytes
    if whole.first != slash { whole = currentDirectory() + [slash] + whole }
    let names = whole.split(separator: slash).filter { $0 != [UInt8(ascii: ".")] }
    return RawPath([slash] + Array(names.joined(separator: [slash])))
  }

  private static func currentDirectory() -> [UInt8] {
    guard let path = getcwd(nil, 0) else { return [] }
    defer { free(path) }
    return Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
  }

  private static func status(of path: RawPath) -> Result<stat, SystemCallError> {
    var status = stat()
    switch path.withCString({ stat($0, &status) }) {
    case 0?: return .success(status)
    case nil: return .failure(SystemCallError("stat", EINVAL))
    default: return .failure(SystemCallError(last: "stat"))
    }
  }

  private static func describe(_ target: RawPath) -> EvidenceDescription {
    guard case .success(let status) = status(of: target) else {
      return EvidenceDescription(name: target, kind: .missing, size: nil)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      return EvidenceDescription(name: target, kind: .file, size: UInt64(clamping: status.st_size))
    case S_IFDIR: return EvidenceDescription(name: target, kind: .directory, size: nil)
    case S_IFBLK, S_IFCHR: return EvidenceDescription(name: target, kind: .device, size: nil)
    default: return EvidenceDescription(name: target, kind: .other, size: nil)
    }
  }
}
