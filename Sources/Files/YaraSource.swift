public import Bytes
public import Evidence
import Glibc

/// Files as the program `yara` comes by them: by the names that it is given, every path of a file for
/// itself, links followed however often they lead back. What `yara` leaves out without a word is left
/// out too, and reported.
public struct YaraSource: ItemSource {
  /// What is walked, and how.
  public struct Options: Hashable, Sendable {
    /// Whether directories inside directories are entered.
    public var isRecursive = false
    /// Whether symbolic links inside directories are followed.
    public var followsSymbolicLinks = true
    /// Files inside directories from so many bytes on are passed by; 0 or less for none.
    public var skippedSize: Int64 = 0

    /// The files of a directory, links followed, all sizes.
    public init() {}
  }

  private let paths: [RawPath]
  private let options: Options
  /// `yara` puts paths together in a buffer of MAX_PATH (limits.h of libyara) bytes, and what does not
  /// fit it does not find.
  private static let maximumPathLength = 1023

  /// The files, and those of the directories, at `paths`.
  public init(_ paths: [RawPath], options: Options = Options()) {
    self.paths = paths
    self.options = options
  }

  /// The paths of a list: one a line, up to its first NUL. A carriage return belongs to the name.
  public static func paths(ofList text: [UInt8]) -> [RawPath] {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { RawPath(Array($0.prefix { $0 != 0 })) }
  }

  /// Whether a path leads to a directory.
  public static func isDirectory(_ path: RawPath) -> Bool {
    status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
  }

  /// The paths, and what each is now.
  public var evidence: [EvidenceDescription] { FileSource(paths).evidence }

  /// Pushes the files in the order of `yara`, from the calling thread.
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
    // Collected first: an open descriptor for each level would not do for deep trees.
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
      guard path.bytes.count <= Self.maximumPathLength else {
        report(
          ItemProblem(
            .unsupported, "the path has \(path.bytes.count) bytes, and yara takes 1023 at most"),
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
    case .characterDevice: report(.ofCharacterDevice, path, to: receiver)
    case .blockDevice: report(.ofBlockDevice, path, to: receiver)
    }
  }

  private func pushLink(_ path: RawPath, to receiver: any ItemReceiver) {
    guard options.followsSymbolicLinks, !leadsToItsFolder(path) else { return }
    pushByStatus(path, to: receiver)
  }

  /// Whether a link is `.`, the one kind of loop that `yara` looks for.
  private func leadsToItsFolder(_ path: RawPath) -> Bool {
    var target: [CChar] = [0, 0]
    return path.withCString { readlink($0, &target, 2) } == 1
      && target[0] == CChar(UInt8(ascii: "."))
  }

  private func pushByStatus(_ path: RawPath, to receiver: any ItemReceiver) {
    // A link that leads nowhere, or round in a circle, names no content.
    guard let status = Self.status(of: path) else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: if options.isRecursive { list(path, to: receiver) }
    case S_IFREG:
      if options.skippedSize > 0, Int64(status.st_size) >= options.skippedSize {
        report(
          ItemProblem(
            .tooLarge,
            "skipped: its \(status.st_size) bytes are not fewer than \(options.skippedSize)"), path,
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
