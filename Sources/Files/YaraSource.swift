public import Bytes
public import Evidence
import Glibc

/// Finds files as the program `yara` does: by the paths given, with a scan for every path of a
/// file, and following links even if they lead back. Files that `yara` skips silently are
/// skipped and reported.
public struct YaraSource: ItemSource {
  /// Selection of files, and how to walk them.
  public struct Options: Hashable, Sendable {
    /// Whether subdirectories are entered.
    public var isRecursive = false
    /// Whether symbolic links inside directories are followed.
    public var followsSymbolicLinks = true
    /// Size in bytes from which files inside directories are ignored; 0 or less for no limit.
    public var skippedSize: Int64 = 0
    /// Whether to behave like `yara` 4.5 or later.
    public var follows45 = false

    /// Creates the defaults: the files of a directory, links followed, all sizes.
    public init() {}
  }

  private let paths: [RawPath]
  private let options: Options
  /// `yara` builds paths in a buffer of MAX_PATH or YR_MAX_PATH bytes (limits.h of libyara) and
  /// does not find files with longer paths.
  private var maximumPathLength: Int { options.follows45 ? 4095 : 1023 }

  /// Creates a source of the files at `paths`, and of the files in directories among them.
  public init(_ paths: [RawPath], options: Options = Options()) {
    self.paths = paths
    self.options = options
  }

  /// Parses a list of paths: one per line, up to its first NUL. A carriage return is part of the
  /// name.
  public static func paths(ofList text: [UInt8]) -> [RawPath] {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { RawPath(Array($0.prefix { $0 != 0 })) }
  }

  /// Whether a path leads to a directory.
  public static func isDirectory(_ path: RawPath) -> Bool {
    status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The paths with their current types.
  public var evidence: [EvidenceDescription] { FileSource(paths).evidence }

  /// Pushes the files in `yara`'s order, on the calling thread.
  public func push(to receiver: any ItemReceiver) {
    for path in paths where !receiver.isCancelled {
      if Self.isDirectory(path) {
        list(path, to: receiver)
      } else {
        push(path, to: receiver)
      }
    }
  }

  private func push(_ path: RawPath, to receiver: any ItemReceiver) {
    receiver.receive(
      Item(
        locator: Locator(evidence: path, path: path),
        content: FileContent(path: path, followsLink: true)))
  }

  private func list(_ folder: RawPath, to receiver: any ItemReceiver) {
    var entries: [DirectoryListing.Entry] = []
    // Collect entries first: deep trees would need too many open descriptors.
    do throws(SystemCallError) {
      let descriptor = try Descriptor(reading: folder, followingLink: true, directory: true)
      try DirectoryListing.forEach(in: descriptor) { entry in
        entries.append(entry)
        return true
      }
    } catch {
      report(ItemProblem(opening: error), folder, to: receiver)
    }
    for entry in entries where !receiver.isCancelled {
      let path = RawPath(folder.bytes + [UInt8(ascii: "/")] + entry.name.bytes)
      guard path.bytes.count <= maximumPathLength else {
        report(
          ItemProblem(
            .unsupported,
            "the path has \(path.bytes.count) bytes; yara accepts at most \(maximumPathLength)"),
          path, to: receiver)
        continue
      }
      push(entry.kind, path, to: receiver)
    }
  }

  private func push(_ kind: DirectoryListing.Kind, _ path: RawPath, to receiver: any ItemReceiver) {
    switch kind {
    case .directory: if options.isRecursive { list(path, to: receiver) }
    case .file where options.skippedSize <= 0: push(path, to: receiver)
    case .file, .unknown: pushByStatus(path, to: receiver)
    case .symbolicLink: pushLink(path, to: receiver)
    case .pipe: report(.ofPipe, path, to: receiver)
    case .socket: report(.ofSocket, path, to: receiver)
    case .characterDevice, .whiteout: report(.ofCharacterDevice, path, to: receiver)
    case .blockDevice: report(.ofBlockDevice, path, to: receiver)
    }
  }

  private func pushLink(_ path: RawPath, to receiver: any ItemReceiver) {
    guard options.followsSymbolicLinks else { return }
    var target: [CChar] = [0, 0, 0]
    let length = path.withCString { readlink($0, &target, 3) } ?? -1
    let dot = CChar(UInt8(ascii: "."))
    // `yara` detects only `.` as a loop. 4.5 also looks for `..`, but reads only two bytes of the
    // target and so skips every link that begins with it.
    if length == 1, target[0] == dot { return }
    if options.follows45, length >= 2, target[0] == dot, target[1] == dot {
      if length > 2 {
        report(
          ItemProblem(.unsupported, "yara 4.5 does not follow links whose target begins with `..`"),
          path, to: receiver)
      }
      return
    }
    pushByStatus(path, to: receiver)
  }

  private func pushByStatus(_ path: RawPath, to receiver: any ItemReceiver) {
    // A dangling or cyclic link names no content.
    guard let status = Self.status(of: path) else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: if options.isRecursive { list(path, to: receiver) }
    case S_IFREG:
      if options.skippedSize > 0, Int64(status.st_size) >= options.skippedSize {
        report(
          ItemProblem(
            .tooLarge,
            "skipped: its \(status.st_size) bytes reach the limit of \(options.skippedSize)"), path,
          to: receiver)
      } else {
        push(path, to: receiver)
      }
    default:
      if let problem = ItemProblem(kindOf: status) { report(problem, path, to: receiver) }
    }
  }

  private func report(_ problem: ItemProblem, _ path: RawPath, to receiver: any ItemReceiver) {
    receiver.report(problem, at: Locator(evidence: path, path: path))
  }

  private static func status(of path: RawPath) -> stat? {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 ? status : nil
  }
}
