public import Bytes
import Glibc

/// Which paths the user wants: globs of fnmatch(3). A glob with a `/` is held against the whole path,
/// one without against the last component; `*` crosses `/`.
public struct PathFilter: Hashable, Sendable {
  /// Files and directories that match any of these are passed by, directories with all they hold.
  public var excluded: [RawPath]
  /// If there are any, only files that match one of these are scanned; directories are entered anyway.
  public var included: [RawPath]

  /// A filter of these globs; without any, everything passes.
  public init(excluded: [RawPath] = [], included: [RawPath] = []) {
    self.excluded = excluded
    self.included = included
  }

  /// Whether a directory is entered.
  package func passes(directory path: RawPath) -> Bool { !Self.matches(path, excluded) }

  /// Whether anything else is looked at.
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
