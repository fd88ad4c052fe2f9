public import Bytes
import Glibc

/// Filter of paths by globs of fnmatch(3). A glob with a `/` is matched against the whole path,
/// one without against the last component; `*` matches `/`.
public struct PathFilter: Hashable, Sendable {
  /// Globs of ignored files and directories, directories with all their content.
  public var excluded: [RawPath]
  /// If not empty, only files that match one of these globs are scanned; directories are entered
  /// anyway.
  public var included: [RawPath]

  /// Creates a filter of these globs; without any, everything passes.
  public init(excluded: [RawPath] = [], included: [RawPath] = []) {
    self.excluded = excluded
    self.included = included
  }

  /// Whether a directory is entered.
  package func passes(directory path: RawPath) -> Bool { !Self.matches(path, excluded) }

  /// Whether a file or other entry passes.
  package func passes(file path: RawPath) -> Bool {
    !Self.matches(path, excluded) && (included.isEmpty || Self.matches(path, included))
  }

  private static func matches(_ path: RawPath, _ globs: [RawPath]) -> Bool {
    globs.contains { glob in
      let subject = glob.bytes.contains(UInt8(ascii: "/")) ? path : path.lastComponent
      return glob.withCString { glob in subject.withCString { fnmatch(glob, $0, 0) == 0 } ?? false }
        ?? false
    }
  }
}
