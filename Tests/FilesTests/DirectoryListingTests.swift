import Bytes
import Foundation
import TestSupport
import Testing

@testable import Files

/// Entries of directories, with their types and their names as bytes.
@Suite struct DirectoryListingTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func entries(_ path: RawPath, most: Int = .max) throws -> [DirectoryListing.Entry] {
    let descriptor = try Descriptor(reading: path, followingLink: true)
    var entries = [DirectoryListing.Entry]()
    try DirectoryListing.forEach(in: descriptor) { entry in
      entries.append(entry)
      return entries.count < most
    }
    return entries
  }

  @Test func eachEntryHasItsType() throws {
    try folder.write("x", to: "file")
    try folder.write("x", to: "folder/inside")
    let made = try Subprocess.run(
      "bash",
      [
        "-ec",
        "ln -s nowhere link; mkfifo pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'",
      ], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    let found = try entries(folder.raw)
    let kinds = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.kind) })
    #expect(
      kinds == [
        "file": .file, "folder": .directory, "link": .symbolicLink, "pipe": .pipe,
        "socket": .socket,
      ])
  }

  @Test func devicesAreToldFromFiles() throws {
    let found = try entries("/dev").filter { $0.name == "null" || $0.name == "zero" }
    #expect(found.count == 2 && found.allSatisfy { $0.kind == .characterDevice })
  }

  /// A whiteout of overlayfs is a character device 0:0, which root may make.
  @Test(.enabled(if: geteuid() == 0, "needs root")) func whiteoutsAreNames() throws {
    let made = try Subprocess.run("mknod", ["gone", "c", "0", "0"], in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    #expect(try entries(folder.raw).map(\.kind) == [.whiteout])
  }

  @Test func namesAreBytes() throws {
    let script =
      "import os; [os.close(os.open(n, os.O_CREAT)) for n in (b'\\xff\\n', b'a' * 255, b'...')]"
    let made = try Subprocess.run("python3", ["-c", script], in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    let names = Set(try entries(folder.raw).map(\.name))
    #expect(
      names == [
        RawPath([0xFF, 0x0A]), RawPath([UInt8](repeating: 0x61, count: 255)), "...",
      ])
  }

  @Test func aListingMayBeStoppedAndRepeated() throws {
    for number in 0..<10 { try folder.write("x", to: "\(number)") }
    #expect(try entries(folder.raw, most: 3).count == 3)
    let descriptor = try Descriptor(reading: folder.raw, followingLink: true)
    for _ in 0..<2 {
      var count = 0
      try DirectoryListing.forEach(in: descriptor) { _ in
        count += 1
        return count < 4
      }
      #expect(count == 4, "the descriptor is still open")
      try #require(lseek(descriptor.number, 0, SEEK_SET) == 0)
    }
  }

  @Test func whatIsNoDirectoryIsAnError() throws {
    let path = RawPath(try folder.write("x", to: "file"))
    let error = #expect(throws: SystemCallError.self) { try entries(path) }
    #expect(error?.number == ENOTDIR)
    #expect(try entries(RawPath(folder.path)).count == 1)
  }
}
