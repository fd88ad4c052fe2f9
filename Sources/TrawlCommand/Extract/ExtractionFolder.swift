import Bytes
import Glibc

/// The folder of an extraction. Files are created in it by descriptor: never outside of it, never through a link,
/// never in place of another file.
final class ExtractionFolder {
  private let path: RawPath
  private let descriptor: Int32

  /// Creates the folder, or opens an empty one; refuses a folder inside evidence.
  init(_ path: RawPath, outside evidence: [RawPath]) throws {
    self.path = path
    try EvidenceSafety.check(path, isOutside: evidence)
    let created = path.withCString { mkdir($0, 0o700) } ?? -1
    guard created == 0 || errno == EEXIST else { throw Self.failure(path, "cannot be created") }
    descriptor =
      path.withCString { open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) } ?? -1
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened") }
    guard try Self.isEmpty(descriptor, path) else {
      throw Failure("\(path.shown): not empty; choose a new folder")
    }
  }

  deinit { close(descriptor) }

  private static func isEmpty(_ descriptor: Int32, _ path: RawPath) throws -> Bool {
    let copy = dup(descriptor)
    guard copy >= 0, let folder = fdopendir(copy) else { throw failure(path, "cannot be read") }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { return false }
    }
    return true
  }

  /// Creates a file that only its owner can read.
  func create(_ name: String) throws -> ExtractedFile {
    let number = openat(
      descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o400)
    guard number >= 0 else {
      throw Self.failure(path.appending(RawPath(name)), "cannot be written")
    }
    return ExtractedFile(number, path.appending(RawPath(name)))
  }

  /// Removes a file that is not to be kept.
  func remove(_ name: String) { unlinkat(descriptor, name, 0) }

  /// Name for the copy of an item: its rank, and the last component of its path in characters that mean nothing
  /// to a shell, a file system or a file manager.
  static func name(_ rank: Int, of path: RawPath) -> String {
    let digits = String(rank)
    let letters = path.lastComponent.bytes.prefix(80).map { byte -> Character in
      let scalar = Unicode.Scalar(byte)
      let isSafe =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar)
      return isSafe ? Character(scalar) : "_"
    }
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + String(letters)
      + ".bin"
  }

  private static func failure(_ path: RawPath, _ words: String) -> Failure {
    Failure("\(path.shown): \(words): \(String(cString: strerror(errno)))")
  }
}

/// A file of an extraction while it is written.
final class ExtractedFile {
  private let descriptor: Int32
  private let path: RawPath

  init(_ descriptor: Int32, _ path: RawPath) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Writes all of the bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = retryingInterrupts {
        Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      }
      guard count >= 0 else {
        throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes all files to the disk (fsync).
  func finish() throws {
    guard fsync(descriptor) == 0 else {
      throw Failure("\(path.shown): cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
