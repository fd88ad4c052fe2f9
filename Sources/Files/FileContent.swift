import Bytes
import Evidence
import Glibc

/// The content of a file on a live file system, before it is opened.
struct FileContent: ItemContent {
  let path: RawPath
  let followsLink: Bool

  func open() throws(ItemProblem) -> any OpenContent {
    let file: OpenFile
    do throws(SystemCallError) {
      file = try OpenFile(path, followsLink: followsLink)
    } catch {
      throw ItemProblem(opening: error)
    }
    // What was a file when its directory was read may be something else by now.
    if let problem = file.problem { throw problem }
    return file
  }
}

/// A file while a worker has it open.
private final class OpenFile: OpenContent {
  private let descriptor: Descriptor
  private let status: stat
  private let followsLink: Bool

  init(_ path: RawPath, followsLink: Bool) throws(SystemCallError) {
    descriptor = try Descriptor(reading: path, followingLink: followsLink)
    status = try descriptor.status()
    self.followsLink = followsLink
  }

  var problem: ItemProblem? { ItemProblem(kindOf: status) }

  var facts: ContentFacts {
    ContentFacts(
      size: UInt64(clamping: status.st_size),
      identity: ContentIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
      hasOtherPaths: followsLink || status.st_nlink > 1)
  }

  var times: FileTimes {
    FileTimes(
      modified: Timestamp(status.st_mtim), created: BirthTime.of(descriptor.number),
      accessed: Timestamp(status.st_atim), changed: Timestamp(status.st_ctim))
  }

  var inode: String? { String(status.st_ino) }

  var residence: ContentResidence {
    .files([FilePiece(descriptor: descriptor.number, offset: 0, length: facts.size)])
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    do throws(SystemCallError) {
      if facts.size == 0 { try checkEmptiness() }
      return try descriptor.read(into: buffer, at: offset)
    } catch {
      throw ItemProblem(.unreadable, "cannot be read: \(error.words)")
    }
  }

  /// The kernel and some file systems give files a size of 0 and content all the same.
  private func checkEmptiness() throws(SystemCallError) {
    var byte: UInt8 = 0
    var outcome: Result<Int, SystemCallError> = .success(0)
    withUnsafeMutableBytes(of: &byte) { buffer in
      do throws(SystemCallError) {
        outcome = .success(try descriptor.read(into: buffer, at: 0))
      } catch {
        outcome = .failure(error)
      }
    }
    // EFBIG: more than the size says.
    if try outcome.get() > 0 { throw SystemCallError("read", EFBIG) }
  }
}

extension ItemProblem {
  /// What a failure to open a file or directory means.
  init(opening error: SystemCallError) {
    switch error.number {
    case ENOENT: self.init(.vanished, "was gone when it was opened")
    case EACCES, EPERM:
      self.init(.permissionDenied, "\(error.words); run as a user who may read it")
    case ELOOP: self.init(.vanished, "became a symbolic link before it was opened")
    case ENXIO: self.init(.socket, "is a socket or a device without a driver")
    default: self.init(.unreadable, "cannot be opened: \(error.words)")
    }
  }

  /// Why something that is not a regular file cannot be scanned; nil for a regular file.
  init?(kindOf status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFIFO: self = .ofPipe
    case S_IFSOCK: self = .ofSocket
    case S_IFCHR: self = .ofCharacterDevice
    case S_IFBLK: self = .ofBlockDevice
    default: self.init(.unsupported, "is neither a file nor a directory")
    }
  }

  static let ofPipe = ItemProblem(
    .pipe, "named pipe: reading it could wait for ever and would consume what is in it")
  static let ofSocket = ItemProblem(.socket, "socket: holds no content")
  static let ofCharacterDevice = ItemProblem(
    .device, "character device: holds no evidence of its own")
  static let ofBlockDevice = ItemProblem(
    .device, "block device: give it as a target of its own, or make an image of it")
}
