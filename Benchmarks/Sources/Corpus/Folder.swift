import Glibc

/// A folder that is being filled. Paths are bytes: names need not be UTF-8.
struct Folder {
  /// The path of the folder.
  let path: [UInt8]

  /// Creates the folder and its parents where they do not exist.
  init(creating path: [UInt8]) throws(CorpusError) {
    self.path = path
    try Self.create(path)
  }

  /// Creates the folder `name` inside this one.
  func folder(_ name: String) throws(CorpusError) -> Folder {
    try Folder(creating: path + [Self.slash] + Array(name.utf8))
  }

  /// Writes a file.
  func write(_ bytes: [UInt8], as name: [UInt8]) throws(CorpusError) {
    let file = path + [Self.slash] + name
    let descriptor = Self.call(file) { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw CorpusError("write", file) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      guard count > 0 else { throw CorpusError("write", file) }
      written += count
    }
  }

  /// Creates a hard link to the file `name`.
  func link(_ name: String, as other: String) throws(CorpusError) {
    let old = path + [Self.slash] + Array(name.utf8)
    let new = path + [Self.slash] + Array(other.utf8)
    guard Self.call(old, { old in Self.call(new) { Glibc.link(old, $0) } }) == 0 else {
      throw CorpusError("link", new)
    }
  }

  /// Creates a symbolic link to `target`.
  func symbolicLink(_ name: String, to target: String) throws(CorpusError) {
    let new = path + [Self.slash] + Array(name.utf8)
    guard Self.call(new, { symlink(target, $0) }) == 0 else { throw CorpusError("link", new) }
  }

  /// Moves the folder to another path; returns false if that exists.
  func move(to path: [UInt8]) throws(CorpusError) -> Bool {
    let moved = Self.call(self.path) { old in Self.call(path) { rename(old, $0) } }
    if moved == 0 { return true }
    guard errno == EEXIST || errno == ENOTEMPTY else { throw CorpusError("rename", path) }
    return false
  }

  /// Whether there is a folder at `path`.
  static func exists(_ path: [UInt8]) -> Bool {
    var status = stat()
    return call(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static let slash = UInt8(ascii: "/")

  private static func create(_ path: [UInt8]) throws(CorpusError) {
    guard call(path, { mkdir($0, 0o755) }) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, let end = path.lastIndex(of: slash), end > 0 else {
      throw CorpusError("create", path)
    }
    try create(Array(path[..<end]))
    try create(path)
  }

  private static func call(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
    let text = path.map { CChar(bitPattern: $0) } + [0]
    return text.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}

/// Failure to write the corpus.
public struct CorpusError: Error, CustomStringConvertible {
  /// The failed operation, its item, and the reason.
  public let description: String

  init(_ verb: String, _ path: [UInt8]) {
    description =
      "cannot \(verb) \(String(decoding: path, as: UTF8.self)): \(String(cString: strerror(errno)))"
  }
}
