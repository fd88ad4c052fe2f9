import Containers
import Evidence
import TestSupport
import Testing
import Volumes

@testable import FileSystems

/// The choice between our readers and The Sleuth Kit's view of a volume.
@Suite struct FileSystemReadersTests {
  /// A file system of another reader.
  private final class Other: FileSystem {
    let typeName: String
    init(_ typeName: String) { self.typeName = typeName }
    func walk(_ visitor: any FileSystemVisitor) {}
    func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) -> Bool { false }
  }

  private let ext = ExtVolume().bytes

  /// The same volume with a boot sector of FAT in front: both formats are recognised.
  private var both: [UInt8] {
    var bytes = ext
    var sector = [UInt8](zeros: 512)
    sector.write([0xEB, 0x3C, 0x90], at: 0)
    sector.write([0, 2, 2, 1, 0, 2, 0, 2], at: 11)
    sector.write(little: UInt16(20_000), at: 19)
    sector.write([0xF8, 40, 0], at: 21)
    sector.write([0x55, 0xAA], at: 510)
    bytes.write(sector, at: 0)
    return bytes
  }

  private func open(
    _ bytes: [UInt8], _ other: Result<String, FileSystemRefusal>
  ) throws(FileSystemRefusal) -> String {
    let opened = try FileSystemReaders.open(
      MemoryMedium(bytes), at: 0,
      other: { () throws(FileSystemRefusal) -> any FileSystem in Other(try other.get()) })
    return (opened is Other ? "other " : "own ") + opened.typeName
  }

  @Test func theTypeThatTheOtherOpensDecides() throws {
    #expect(try open(ext, .success("ext4")) == "own ext2")
    #expect(try open(ext, .success("hfs")) == "other hfs")
    #expect(try open(both, .success("ext3")) == "own ext2")
    #expect(try open(both, .success("fat16")) == "own fat16")
    #expect(try open([UInt8](zeros: 4096), .success("ufs")) == "other ufs")
  }

  @Test func withoutTheOtherTheOnlyOneIsTaken() throws {
    let unknown = FileSystemRefusal.unknown("nothing")
    #expect(try open(ext, .failure(unknown)) == "own ext2")
    #expect(throws: unknown) { try open(both, .failure(unknown)) }
    #expect(throws: unknown) { try open([UInt8](zeros: 4096), .failure(unknown)) }
    // Nobody can tell which of several is right, even if one is ours.
    let ambiguous = FileSystemRefusal.ambiguous("two fit")
    #expect(throws: ambiguous) { try open(ext, .failure(ambiguous)) }
  }

  @Test func theReasonOfOurReaderIsKept() throws {
    var bytes = ext
    bytes[1024 + 96] = 1
    let reason = FileSystemRefusal.unread(
      format: "ext2/3/4", because: "the ext file system has unknown features: 0x1")
    #expect(throws: reason) { try open(bytes, .failure(.unknown("nothing"))) }
    let (found, refusal) = FileSystemReaders.recognised(MemoryMedium(bytes), at: 0)
    #expect(found.isEmpty && refusal == reason)
    let nothing = FileSystemReaders.recognised(MemoryMedium([]), at: 0)
    #expect(nothing.found.isEmpty && nothing.refusal == nil)
  }

  @Test func volumesBeginAnywhere() throws {
    let medium = MemoryMedium([UInt8](zeros: 4096) + ext)
    #expect(FileSystemReaders.recognised(medium, at: 4096).found.map(\.typeName) == ["ext2"])
    for start: UInt64 in [0, 4097, 1 << 40, .max] {
      #expect(FileSystemReaders.recognised(medium, at: start).found.isEmpty, "\(start)")
    }
  }
}
