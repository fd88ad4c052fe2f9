import Bytes
import Evidence
import Glibc

/// A file of a container, open for positioned reads by several threads.
package final class ImageFile: Sendable {
  let path: RawPath
  /// Length in bytes when it was opened.
  let length: UInt64
  let identity: Identity
  private let bytes: Source
  /// Changes in a log that have not been written to the file yet.
  private let patches: Patches

  /// Identity of a file, independent of its names.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  private final class Handle: Sendable {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  private enum Source: Sendable {
    case file(Handle)
    /// The content of a file that is inside of other evidence.
    case medium(any Medium)
  }

  /// Opens a file for reading. A file named by another file must be regular: evidence must not
  /// lead us to devices and pipes.
  init(_ path: RawPath, mustBeRegular: Bool) throws(ImageError) {
    let descriptor = try Self.open(path)
    let status: stat
    do throws(SystemCallError) {
      status = try descriptor.status()
      length = try RawImage.length(of: descriptor)
    } catch {
      throw ImageError(path, error)
    }
    guard !mustBeRegular || status.st_mode & S_IFMT == S_IFREG else {
      throw ImageError("\(path.shown): part of an image, but not a regular file")
    }
    self.path = path
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    bytes = .file(Handle(descriptor))
    patches = Patches()
  }

  /// A file called `name` whose bytes are those of a medium. No file is beside it: its folder has a name that no
  /// file system can have, so that nothing it names can lead to a file of this machine.
  init(alone medium: any Medium, named name: RawPath) {
    path = Self.nowhere.appending(name)
    length = medium.size
    identity = Identity(device: .max, inode: .max)
    bytes = .medium(medium)
    patches = Patches()
  }

  /// Folder of a file that is alone.
  private static let nowhere = RawPath([0])

  /// Whether no file can be beside the file with this path.
  static func isAlone(_ path: RawPath) -> Bool { path.bytes.first == 0 }

  /// A message about a file that is alone, without its folder.
  static func withoutFolder(_ message: String) -> String {
    message.replacing(nowhere.shown + "/", with: "")
  }

  private static func open(_ path: RawPath) throws(ImageError) -> Descriptor {
    do throws(SystemCallError) { return try Descriptor(reading: path, followingLink: true) } catch {
      throw ImageError(path, error)
    }
  }

  /// Whether a path leads to a regular file or a block device; others are not even opened.
  static func isOrdinary(_ path: RawPath) -> Bool {
    var status = stat()
    guard path.withCString({ stat($0, &status) == 0 }) ?? false else { return false }
    return status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFBLK
  }

  /// The same file with `patches` applied.
  init(_ file: ImageFile, _ patches: Patches) {
    path = file.path
    length = file.length
    identity = file.identity
    bytes = file.bytes
    self.patches = patches
  }

  /// Fills `buffer` completely with the bytes from `offset`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) {
    guard offset <= length, UInt64(buffer.count) <= length - offset else { throw cut(at: offset) }
    switch bytes {
    case .file(let handle):
      do throws(SystemCallError) {
        guard try handle.descriptor.read(into: buffer, at: offset) == buffer.count else {
          throw SystemCallError("read", EIO)
        }
      } catch {
        throw ImageError(path, error)
      }
    case .medium(let medium):
      guard try medium.read(into: buffer, at: offset) == buffer.count else {
        throw cut(at: offset)
      }
    }
    patches.apply(to: buffer, at: offset)
  }

  /// Reads `count` bytes from `offset`. The caller bounds the count.
  func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    guard offset <= length, UInt64(count) <= length - offset else { throw cut(at: offset) }
    var failure: ImageError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(ImageError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private func cut(at offset: UInt64) -> ImageError {
    ImageError(
      "\(path.shown): truncated or damaged: it has \(length) bytes; those from byte \(offset) on are"
        + " missing", .truncated)
  }

  /// Location of bytes stored unchanged; nil if the file is shorter, a log changes them, or there are more than `limit`
  /// pieces.
  func pieces(of offset: UInt64, length wanted: UInt64, limit: Int) -> [FilePiece]? {
    guard offset <= length, wanted <= length - offset, !patches.touch(offset, wanted) else {
      return nil
    }
    switch bytes {
    case .file(let handle):
      return [FilePiece(descriptor: handle.descriptor.number, offset: offset, length: wanted)]
    case .medium(let medium): return medium.pieces(of: offset..<(offset + wanted), limit: limit)
    }
  }
}
