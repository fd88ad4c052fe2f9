import Glibc

/// A directory of cache entries: each can be lost, and is recreated. An entry is used only if
/// no other user can have written it, and only if its digest proves it complete. Any number of
/// processes may use one directory: entries are written under a temporary name and renamed.
public struct CacheDirectory: Hashable, Sendable {
  /// Path of the directory, which is created with the first entry.
  public let path: RawPath

  /// Creates a cache at `path`.
  public init(_ path: RawPath) { self.path = path }

  /// Cache of the current user: `$XDG_CACHE_HOME/trawl`, else `~/.cache/trawl` (XDG Base
  /// Directory Specification); nil if the environment names neither.
  public static var ofUser: CacheDirectory? {
    if let base = getenv("XDG_CACHE_HOME"), base.pointee == UInt8(ascii: "/") {
      return CacheDirectory(RawPath(String(cString: base)).appending("trawl"))
    }
    guard let home = getenv("HOME"), home.pointee == UInt8(ascii: "/") else { return nil }
    return CacheDirectory(RawPath(String(cString: home)).appending(".cache").appending("trawl"))
  }

  /// First bytes of every entry; a different number means a different layout.
  private static let magic = Array("trawl cache 1\n".utf8)
  /// Limit of entries; the oldest are removed.
  private static let mostEntries = 64
  private static let greatestSize = 256 << 20

  /// Returns the bytes stored under `key` if they exist, are complete, and only this user can
  /// write them.
  package func entry(for key: [UInt8]) -> [UInt8]? {
    guard isOurs(path), let bytes = read(file(for: key)) else { return nil }
    let header = Self.magic.count + 32
    guard bytes.count >= header, bytes.starts(with: Self.magic) else { return nil }
    let content = Array(bytes[header...])
    let digest = Digest.sha256(of: key + content)
    return Array(bytes[Self.magic.count..<header]) == digest ? content : nil
  }

  /// Stores bytes under `key`. Failures are harmless and ignored.
  package func keep(_ content: [UInt8], for key: [UInt8]) {
    guard content.count <= Self.greatestSize, create(), isOurs(path) else { return }
    let bytes = Self.magic + Digest.sha256(of: key + content) + content
    var template = path.appending("part.XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return }
    let isWritten = bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
    close(descriptor)
    let isKept = isWritten && file(for: key).withCString { rename(template, $0) } == 0
    if !isKept { unlink(template) }
    removeOldest()
  }

  private func file(for key: [UInt8]) -> RawPath {
    path.appending(RawPath(Hexadecimal.text(of: Digest.sha256(of: key))))
  }

  /// Creates the directory, and its parent, with access for this user only.
  private func create() -> Bool {
    for folder in [path.parent, path] {
      let result = folder.withCString { mkdir($0, 0o700) }
      if result != 0, errno != EEXIST { return false }
    }
    return true
  }

  /// Whether a directory belongs to this user, and nobody else may write to it.
  private func isOurs(_ folder: RawPath) -> Bool {
    var status = stat()
    guard folder.withCString({ lstat($0, &status) }) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR && Self.isOurs(status)
  }

  private static func isOurs(_ status: stat) -> Bool {
    status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }

  private func read(_ file: RawPath) -> [UInt8]? {
    guard let descriptor = try? Descriptor(reading: file, followingLink: false),
      let status = try? descriptor.status(), status.st_mode & S_IFMT == S_IFREG,
      Self.isOurs(status), (0...off_t(Self.greatestSize)).contains(status.st_size)
    else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      count = (try? descriptor.read(into: raw, at: 0)) ?? 0
    }
    return bytes.count == Int(status.st_size) ? bytes : nil
  }

  private func removeOldest() {
    guard let directory = path.withCString({ opendir($0) }) ?? nil else { return }
    defer { closedir(directory) }
    var entries: [(file: RawPath, time: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        RawPath(Array($0.prefix { $0 != 0 }))
      }
      let isOurs = name.bytes.count == 64 || name.bytes.starts(with: "part.".utf8)
      guard isOurs else { continue }
      let file = path.appending(name)
      var status = stat()
      guard file.withCString({ lstat($0, &status) }) == 0 else { continue }
      entries.append((file, status.st_mtim.tv_sec))
    }
    guard entries.count > Self.mostEntries else { return }
    for entry in entries.sorted(by: { $0.time < $1.time }).prefix(entries.count - Self.mostEntries)
    {
      _ = entry.file.withCString { unlink($0) }
    }
  }
}
