import Bytes
import Glibc
import TestSupport
import Testing

@Suite struct DescriptorTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func number(
    opening path: RawPath, followingLink: Bool = false, directory: Bool = false
  ) -> Int32? {
    do throws(SystemCallError) {
      _ = try Descriptor(reading: path, followingLink: followingLink, directory: directory)
      return nil
    } catch {
      return error.number
    }
  }

  /// Reads the whole file that `path` names.
  private func content(of path: RawPath, followingLink: Bool = false) throws -> String {
    let descriptor = try Descriptor(reading: path, followingLink: followingLink)
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = try Self.read(descriptor, &bytes, at: 0)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func read(
    _ descriptor: borrowing Descriptor, _ bytes: inout [UInt8], at offset: UInt64
  ) throws(SystemCallError) -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { buffer.deallocate() }
    let count = try descriptor.read(into: buffer, at: offset)
    bytes.replaceSubrange(0..<count, with: buffer.prefix(count))
    return count
  }

  @Test func aFileIsReadFromAnyOffset() throws {
    let path = RawPath(try folder.write("0123456789", to: "file"))
    let descriptor = try Descriptor(reading: path, followingLink: false)
    var bytes = [UInt8](repeating: 0, count: 4)
    #expect(try Self.read(descriptor, &bytes, at: 3) == 4)
    #expect(bytes == Array("3456".utf8))
    #expect(try Self.read(descriptor, &bytes, at: 8) == 2)
    #expect(bytes == Array("8956".utf8))
    #expect(try Self.read(descriptor, &bytes, at: 10) == 0)
    #expect(try Self.read(descriptor, &bytes, at: 1 << 40) == 0)
    #expect(try descriptor.status().st_size == 10)
  }

  @Test func theDescriptorIsClosedAtTheEndOfItsLife() throws {
    let path = RawPath(try folder.write("text", to: "file"))
    var number: Int32 = -1
    do {
      let descriptor = Descriptor(adopting: try #require(path.withCString { open($0, O_RDONLY) }))
      number = descriptor.number
      #expect(try descriptor.status().st_size == 4)
    }
    // Another test may have reused the number: it is closed, or a different file.
    var status = stat()
    var original = stat()
    _ = path.withCString { stat($0, &original) }
    #expect(fstat(number, &status) != 0 || status.st_ino != original.st_ino)
  }

  @Test func itIsNotInheritedByAnotherProgram() throws {
    let path = RawPath(try folder.write("text", to: "file"))
    let descriptor = try Descriptor(reading: path, followingLink: false)
    #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(descriptor.number, F_GETFL) & O_ACCMODE == O_RDONLY)
  }

  @Test func theAccessTimeStaysAsItWas() throws {
    let path = RawPath(try folder.write("text", to: "file"))
    // Older than the modification: the kernel would move it at the first reading (relatime).
    let old = [timespec(tv_sec: 1_000_000, tv_nsec: 5), timespec(tv_sec: 2_000_000, tv_nsec: 0)]
    #expect(path.withCString { utimensat(AT_FDCWD, $0, old, 0) } == 0)
    #expect(try content(of: path) == "text")
    var status = stat()
    #expect(path.withCString { stat($0, &status) } == 0)
    #expect(status.st_atim.tv_sec == 1_000_000)
    #expect(status.st_atim.tv_nsec == 5)
  }

  @Test func theAccessTimeOfADeepFileStaysToo() throws {
    let tree = try DeepTree(below: folder.raw, file: "file", "text")
    defer { DeepTree.remove(folder.raw) }
    let descriptor = try Descriptor(reading: tree.bottom.appending("file"), followingLink: false)
    // O_NOATIME, which Glibc's module does not show.
    #expect(fcntl(descriptor.number, F_GETFL) & 0o1000000 != 0)
  }

  @Test func aPathLongerThanTheSystemTakesIsOpened() throws {
    let tree = try DeepTree(below: folder.raw, file: "file", "deep")
    defer { DeepTree.remove(folder.raw) }
    let path = tree.bottom.appending("file")
    #expect(path.bytes.count > Int(PATH_MAX))
    #expect(path.withCString { open($0, O_RDONLY) } == -1)
    #expect(try content(of: path) == "deep")
    #expect(number(opening: tree.bottom, directory: true) == nil)
    #expect(number(opening: tree.bottom.appending("none")) == ENOENT)
    #expect(number(opening: path, directory: true) == ENOTDIR)
    #expect(number(opening: path.appending("below")) == ENOTDIR)
  }

  @Test func aNameThatIsTooLongForAnyFileSystemIsAnError() {
    let name = RawPath([UInt8](repeating: 0x61, count: 300))
    #expect(number(opening: folder.raw.appending(name)) == ENAMETOOLONG)
  }

  @Test func aPipeDoesNotBlock() throws {
    let path = folder.raw.appending("pipe")
    #expect(path.withCString { mkfifo($0, 0o600) } == 0)
    let descriptor = try Descriptor(reading: path, followingLink: false)
    #expect(try descriptor.status().st_mode & S_IFMT == S_IFIFO)
  }

  @Test func aLinkIsFollowedOnlyWhenAsked() throws {
    try folder.write("text", to: "file")
    let link = folder.raw.appending("link")
    #expect(link.withCString { symlink("file", $0) } == 0)
    #expect(number(opening: link) == ELOOP)
    #expect(try content(of: link, followingLink: true) == "text")
  }

  @Test func aNULIsNoPath() throws {
    try folder.write("text", to: "file")
    let path = RawPath(folder.raw.appending("file").bytes + [0] + Array("more".utf8))
    #expect(number(opening: path) == EINVAL)
  }

  @Test func onlyADirectoryIsADirectory() throws {
    let path = RawPath(try folder.write("text", to: "file"))
    #expect(number(opening: path, directory: true) == ENOTDIR)
    #expect(number(opening: folder.raw, directory: true) == nil)
  }

  @Test func whatDoesNotExistIsAnError() {
    #expect(number(opening: folder.raw.appending("none")) == ENOENT)
    #expect(number(opening: "") == ENOENT)
  }

  @Test func readingADirectoryIsAnError() throws {
    let descriptor = try Descriptor(reading: folder.raw, followingLink: false)
    var failure: SystemCallError?
    var bytes: [UInt8] = [0]
    do throws(SystemCallError) { _ = try Self.read(descriptor, &bytes, at: 0) } catch {
      failure = error
    }
    #expect(failure == SystemCallError("read", EISDIR))
  }

  @Test func namesAreBytes() throws {
    let path = folder.raw.appending(RawPath([0xFF, 0x0A, 0x5C]))
    let made = path.withCString { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
    #expect(made >= 0)
    close(made)
    #expect(number(opening: path) == nil)
  }
}
