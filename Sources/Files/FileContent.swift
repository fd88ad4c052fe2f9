import Bytes
import Evidence
package import Glibc

/// Content of a file on a live file system, before it is opened.
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
    // The entry was a file when its directory was read, but it may have been replaced since.
    if let problem = file.problem { throw problem }
    return file
  }

  var canBeReadAhead: Bool { true }

  func readAhead() {
    guard let file = try? open() else { return }
    withUnsafeTemporaryAllocation(byteCount: ContentReader.headSize, alignment: 16) { head in
      _ = try? file.read(into: head, at: 0)
    }
  }

  func state() -> ContentState? {
    var status = stat()
    let isKnown = path.withCString { followsLink ? stat($0, &status) : lstat($0, &status) } == 0
    return isKnown ? ContentState(status) : nil
  }
}

extension ContentState {
  /// State of a file according to the file system.
  package init(_ status: stat) {
    self.init(
      size: UInt64(clamping: status.st_size), modified: Timestamp(status.st_mtim),
      changed: Timestamp(status.st_ctim))
  }
}

/// Content of a file that the host has opened.
struct DescriptorContent: ItemContent {
  let descriptor: Int32
  /// Keeps a copy of the host's descriptor open; nil if the host does.
  private let copy: Copy?

  private final class Copy: @unchecked Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(descriptor: Int32) {
    self.descriptor = descriptor
    copy = nil
  }

  init(copying descriptor: Int32) throws(SystemCallError) {
    let copy = Copy(try Descriptor(copying: descriptor))
    self.descriptor = copy.descriptor.number
    self.copy = copy
  }

  func open() throws(ItemProblem) -> any OpenContent {
    let file: OpenFile
    do throws(SystemCallError) {
      // A copy: the host may close its own while this one is in use.
      file = try OpenFile(Descriptor(copying: descriptor), followsLink: false)
    } catch {
      throw ItemProblem(opening: error)
    }
    if let problem = file.problem { throw problem }
    return file
  }
}

/// A file while a worker has it open.
private final class OpenFile: OpenContent {
  private let descriptor: Descriptor
  private let status: stat
  private let followsLink: Bool

  convenience init(_ path: RawPath, followsLink: Bool) throws(SystemCallError) {
    try self.init(
      Descriptor(reading: path, followingLink: followsLink), followsLink: followsLink)
  }

  init(_ descriptor: consuming Descriptor, followsLink: Bool) throws(SystemCallError) {
    status = try descriptor.status()
    self.descriptor = descriptor
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

  var state: ContentState? { ContentState(status) }

  var inode: String? { String(status.st_ino) }

  var residence: ContentResidence {
    .files([FilePiece(descriptor: descriptor.number, offset: 0, length: facts.size)])
  }

  func zeros(from offset: UInt64) -> UInt64 {
    let size = facts.size
    guard offset < size, let place = off_t(exactly: offset) else { return 0 }
    // SEEK_DATA (lseek(2)): the next byte that is stored. ENXIO: none follows.
    let data = lseek(descriptor.number, place, 3)
    if data < 0 { return errno == ENXIO ? size - offset : 0 }
    return UInt64(clamping: data) - min(offset, UInt64(clamping: data))
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

  /// Checks that an empty file has no content: some files of the kernel and of some file systems
  /// have size 0 and content nevertheless.
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
    // EFBIG: the content is longer than the size.
    if try outcome.get() > 0 { throw SystemCallError("read", EFBIG) }
  }
}

extension ItemProblem {
  /// Translates a failure to open a file or directory.
  init(opening error: SystemCallError) {
    switch error.number {
    case ENOENT: self.init(.vanished, "does not exist, or vanished before it was opened")
    case EACCES, EPERM:
      self.init(.permissionDenied, "\(error.words); run as a user who may read it")
    case ELOOP: self.init(.vanished, "became a symbolic link before it was opened")
    case ENXIO: self.init(.socket, "is a socket or a device without a driver")
    default: self.init(.unreadable, "cannot be opened: \(error.words)")
    }
  }

  /// Reason why something other than a regular file cannot be scanned; nil for a regular file.
  init?(kindOf status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: self.init(.unsupported, "is a directory, not a file")
    case S_IFIFO: self = .ofPipe
    case S_IFSOCK: self = .ofSocket
    case S_IFCHR: self = .ofCharacterDevice
    case S_IFBLK: self = .ofBlockDevice
    default: self.init(.unsupported, "is neither a file nor a directory")
    }
  }

  static let ofPipe = ItemProblem(
    .pipe, "named pipe: reading it could block forever and would consume its data")
  static let ofSocket = ItemProblem(.socket, "socket: holds no content")
  static let ofCharacterDevice = ItemProblem(
    .device, "character device: holds no evidence of its own")
  static let ofBlockDevice = ItemProblem(
    .device, "block device: name it as a target, or image it")
}
