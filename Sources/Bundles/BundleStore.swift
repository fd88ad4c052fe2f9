public import Bytes
internal import Glibc

/// The folder that keeps the current bundle and the former one.
public struct BundleStore: Hashable, Sendable {
  /// Path of the folder, which is created with the first bundle.
  public let folder: RawPath

  /// Creates a store at `folder`.
  public init(_ folder: RawPath) { self.folder = folder }

  /// The bundle that scans use.
  public var current: RawPath { folder.appending("signatures.bundle") }
  /// The bundle that it replaced.
  public var former: RawPath { folder.appending("former.bundle") }

  /// The store for all users, which root fills.
  public static let ofSystem = BundleStore("/var/lib/trawl")

  /// The store of this user: for root that of the system, else `$XDG_DATA_HOME/trawl` or
  /// `~/.local/share/trawl`; nil if the environment names neither.
  public static var ofUser: BundleStore? {
    if geteuid() == 0 { return ofSystem }
    if let base = getenv("XDG_DATA_HOME"), base.pointee == UInt8(ascii: "/") {
      return BundleStore(RawPath(String(cString: base)).appending("trawl"))
    }
    guard let home = getenv("HOME"), home.pointee == UInt8(ascii: "/") else { return nil }
    return BundleStore(
      RawPath(String(cString: home)).appending(".local").appending("share").appending("trawl"))
  }

  /// Bytes of a file of the store; nil if there is none.
  public static func bytes(of path: RawPath) throws(SystemCallError) -> [UInt8]? {
    do throws(SystemCallError) { return try read(path) } catch {
      guard error.number != ENOENT, error.number != ENOTDIR else { return nil }
      throw error
    }
  }

  private static func read(_ path: RawPath) throws(SystemCallError) -> [UInt8] {
    let descriptor = try Descriptor(reading: path, followingLink: true)
    var bytes = [UInt8]()
    // One byte more than is accepted shows that a file is too large.
    while bytes.count <= SignatureBundle.greatestSize {
      let offset = UInt64(bytes.count)
      var piece = [UInt8](repeating: 0, count: 1 << 20)
      let result = piece.withUnsafeMutableBytes { buffer in
        Result { () throws(SystemCallError) in try descriptor.read(into: buffer, at: offset) }
      }
      let count = try result.get()
      guard count > 0 else { break }
      bytes.append(contentsOf: piece[..<count])
    }
    return bytes
  }

  /// Makes bytes the current bundle; the current one becomes the former. Whoever reads meanwhile
  /// sees the one or the other.
  public func install(_ bytes: [UInt8]) throws(SystemCallError) {
    try makeFolder()
    let partial = folder.appending(RawPath("signatures.bundle.\(getpid()).partial"))
    try write(bytes, to: partial)
    do throws(SystemCallError) {
      if exists(current) { try keepCurrent() }
      try Self.call("rename", partial, current) { rename($0, $1) }
    } catch {
      _ = partial.withCString { unlink($0) }
      throw error
    }
  }

  /// Makes the former bundle the current one; without a former one there is none afterwards.
  public func revert() throws(SystemCallError) {
    if exists(former) {
      try Self.call("rename", former, current) { rename($0, $1) }
    } else if current.withCString({ unlink($0) }) != 0, errno != ENOENT {
      throw SystemCallError(last: "unlink")
    }
  }

  /// Gives the current bundle a second name, that of the former.
  private func keepCurrent() throws(SystemCallError) {
    let partial = folder.appending(RawPath("former.bundle.\(getpid()).partial"))
    _ = partial.withCString { unlink($0) }
    try Self.call("link", current, partial) { link($0, $1) }
    try Self.call("rename", partial, former) { rename($0, $1) }
  }

  private func exists(_ path: RawPath) -> Bool { path.withCString { access($0, F_OK) } == 0 }

  private func makeFolder() throws(SystemCallError) {
    var missing = [RawPath]()
    var path = folder
    while !exists(path), path.bytes.count > 1 {
      missing.append(path)
      path = path.parent
    }
    for path in missing.reversed() {
      guard path.withCString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
        throw SystemCallError(last: "mkdir")
      }
    }
  }

  private func write(_ bytes: [UInt8], to path: RawPath) throws(SystemCallError) {
    _ = path.withCString { unlink($0) }
    let number = path.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) } ?? -1
    guard number >= 0 else { throw SystemCallError(last: "open") }
    let file = Descriptor(adopting: number)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        retryingInterrupts {
          Glibc.write(file.number, buffer.baseAddress! + written, buffer.count - written)
        }
      }
      guard count > 0 else { throw SystemCallError(last: "write") }
      written += count
    }
    guard fsync(file.number) == 0 else { throw SystemCallError(last: "fsync") }
  }

  private static func call(
    _ name: String, _ first: RawPath, _ second: RawPath,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) throws(SystemCallError) {
    let result = first.withCString { first in second.withCString { body(first, $0) } } ?? -1
    guard result == 0 else { throw SystemCallError(last: name) }
  }
}
