import Containers
import TestSupport
import Testing

@testable import FileSystems

/// Inodes of XFS: identity, checksum and format.
@Suite struct XfsInodeTests {
  private func inode(version: UInt8 = 3, _ change: (inout [UInt8]) -> Void = { _ in }) throws
    -> XfsInode
  {
    var bytes = [UInt8](zeros: 512)
    bytes.write("IN", at: 0)
    bytes.write(big: UInt16(0o100644), at: 2)
    bytes[4] = version
    bytes[5] = 2
    bytes.write(big: UInt64(131), at: 152)
    if version == 3 { bytes.write(little: CRC32C.checksum(of: bytes, at: 100), at: 100) }
    change(&bytes)
    return try XfsInode(
      number: 131, record: FileSystemRecord(bytes, from: 0, count: bytes.count),
      version: version == 3 ? 5 : 4)
  }

  @Test func anInodeOfVersion3StatesItsNumberAndChecksum() throws {
    #expect(try inode().isWhole)
    #expect(try !inode { $0[300] = 1 }.isWhole)
    #expect(throws: FileSystemError.self) { try inode { $0[159] = 132 } }
    // Older ones have neither.
    #expect(try inode(version: 2) { $0[159] = 132 }.isWhole)
  }

  @Test func otherRecordsAreNoInodes() {
    #expect(throws: FileSystemError.self) { try inode { $0[0] = 0 } }
    #expect(throws: FileSystemError.self) { try inode { $0[4] = 2 } }
    #expect(throws: FileSystemError.self) { try inode(version: 2) { $0[4] = 0 } }
    #expect(throws: FileSystemError.self) { try inode(version: 2) { $0[4] = 4 } }
  }

  @Test func theFormatIsThatOfTheDataFork() throws {
    let formats = try [0, 1, 2, 3, 4].map { (format: UInt8) in try inode { $0[5] = format }.format }
    #expect(formats == [.other, .local, .extents, .tree, .other])
    #expect(try inode().kind == .file)
    #expect(try inode { $0.write(big: UInt16(0o40755), at: 2) }.kind == .directory)
    #expect(try inode { $0[91] = 1 }.isRealtime)
    #expect(try !inode().isRealtime)
  }
}
