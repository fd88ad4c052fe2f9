import Foundation
import TestSupport
import Testing

/// The XFS reader through the built binary, compared with the original trees and the kernel.
@Suite struct XfsScanTests {
  /// Findings of a scan with a rule that matches everything, by path.
  private func everything(_ image: String) throws -> (
    found: [String: OutputRecord], lines: [OutputRecord]
  ) {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    let (_, lines) = try Command.lines("--as", "image", "--signatures", rules, image)
    let found = lines.ofType("finding").map { ($0.path ?? "", $0) }
    return (Dictionary(found) { first, _ in first }, lines)
  }

  private func sums(_ found: [String: OutputRecord]) -> [String: String] {
    found.mapValues { $0.sha256 ?? "" }
  }

  @Test(arguments: XfsFixture.names) func everythingPlantedIsFound(_ name: String) throws {
    let (status, lines) = try Command.lines(XfsFixture.path(name))
    #expect(status == 1)
    let found = lines.ofType("finding").map { finding in
      [finding.path, finding.state, finding.sha256].map { $0 ?? "" }.joined(separator: "\t")
    }
    #expect(Set(found) == (try XfsFixture.planted(name)), "\(name)")
    #expect(lines.last?.complete == true)
    let volume = lines.ofType("finding").first?.volume
    #expect(volume?.type == "xfs")
  }

  @Test(arguments: XfsFixture.names) func filesAreThoseOfTheTreeThatWentIn(_ name: String) throws {
    let (found, lines) = try everything(XfsFixture.path(name))
    #expect(sums(found) == (try XfsFixture.tree(name)), "\(name)")
    #expect(lines.ofType("problem").isEmpty)
  }

  /// Every byte is in one part of the account, and the unallocated part equals the groups'
  /// headers.
  @Test(arguments: XfsFixture.names) func theAccountIsThatOfTheGroups(_ name: String) throws {
    let (_, lines) = try Command.lines(XfsFixture.path(name))
    let medium = try #require(lines.last?.media?.first)
    let image = try XfsFixture.bytes(name)
    #expect(medium.sumOfParts == image.count)
    #expect(medium.unread == 0)
    let free = medium.unallocated - medium.unowned
    #expect(free == XfsFixture.freeBytes(image), "\(name)")
  }

  /// The images were copied from mounted file systems: `xfs_logprint -t` calls their logs dirty, and nothing else is wrong.
  private static func expectLog(_ lines: [OutputRecord]) {
    let problems = lines.ofType("problem").map { $0.message ?? "" }
    #expect(problems.count == 1)
    #expect(problems.first?.contains("the log holds changes that are not replayed") == true)
  }

  /// Content and metadata as read by the kernel, of files that only the kernel makes.
  @Test(
    .enabled(if: !XfsFixture.mounted.isEmpty, "needs root and a loop device"),
    arguments: XfsFixture.mounted)
  func filesInUseAreThoseOfTheKernel(_ name: String) throws {
    let (found, lines) = try everything(XfsFixture.path(name))
    Self.expectLog(lines)
    let allocated = found.filter { $0.value.state == "allocated" }
    let kernel = try XfsFixture.kernel(name)
    #expect(Set(allocated.keys) == Set(kernel.map { "/" + $0[0] }))
    let formatter = ISO8601DateFormatter()
    for row in kernel {
      let file = try #require(allocated["/" + row[0]])
      #expect(file.sha256 == row[4], "\(row[0])")
      #expect(file.size == Int(row[1]))
      #expect(file.inode == row[2])
      let seconds = try #require(TimeInterval(row[3].prefix { $0 != "." }))
      let modified = file.modified ?? ""
      #expect(
        modified.prefix(19)
          == formatter.string(from: Date(timeIntervalSince1970: seconds)).prefix(19)
      )
    }
    // Without bigtime the kernel clamps it to the last 32-bit second.
    let modified = found["/program.exe"]?.modified ?? ""
    let expected = name == "mounted" ? "2300-02-03T04:05:06.789" : "2038-01-19T03:14:07"
    #expect(modified.hasPrefix(expected), "\(modified)")
    let orphans = found.values.filter { $0.state == "orphan" }
    #expect(orphans.count == 1)
  }

  @Test(
    .enabled(if: !XfsFixture.mounted.isEmpty, "needs root and a loop device"),
    arguments: XfsFixture.mounted)
  func whatOnlyTheKernelMakesIsFound(_ name: String) throws {
    let (_, lines) = try Command.lines(XfsFixture.path(name))
    let found = lines.ofType("finding")
    let shown = found.map { finding in
      [finding.path, finding.state, finding.sha256].map { $0 ?? "" }.joined(separator: "\t")
    }
    #expect(try XfsFixture.planted(name).subtracting(shown) == [])
    #expect(lines.last?.complete == false)
    let file = try #require(found.first { $0.path == "/fragmented.exe" })
    // More than a leaf of extents holds; how many there are is up to the kernel and mkfs.
    #expect(file.runs?.count ?? 0 > (name == "mounted" ? 100 : 1000))
    // Two names of one file, and another file that shares its bytes.
    func inode(_ path: String) -> String? {
      found.first { $0.path == path }?.inode
    }
    #expect(inode("/program.exe") == inode("/other-name.exe"))
    #expect(inode("/program.exe") != inode("/shared.exe"))
  }

  /// 4,006 files of a disk made by others (version 5, one partition). The digest is that of `path
  /// TAB SHA-256` of all of them in order, made on Linux 6.18 from `mount -o
  /// loop,ro,norecovery,offset=1048576` of the raw image that `qemu-img convert` makes, with
  /// `find -type f` and `sha256sum`.
  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func filesOfOthersAreThoseOfTheKernel() throws {
    let folder = try #require(SharedImages.folder)
    let packed =
      folder + "/DiscUtils+DiscUtils/history/5944a7f0/Tests/LibraryTests/Xfs/Data/xfs5.vhdx.gz"
    let temporary = try TemporaryDirectory()
    let image = temporary.path + "/xfs5.vhdx"
    try ContainerFixtures.run("cp", [packed, image + ".gz"])
    try ContainerFixtures.run("chmod", ["600", image + ".gz"])
    try ContainerFixtures.run("gunzip", [image + ".gz"])
    let (found, lines) = try everything(image)
    #expect(lines.ofType("problem").isEmpty)
    #expect(found.count == 4006)
    let list = found.map { $0.key + "\t" + ($0.value.sha256 ?? "") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let file = try temporary.write(list.map { $0 + "\n" }.joined(), to: "list")
    #expect(
      try Subprocess.run("sha256sum", [file]).text.prefix(64)
        == "015d30777565746d765eda1d2654ceb3e8aceec4fef6d426b171de8dd0d342e4")
  }

  @Test func theTypeIsShown() throws {
    let result = try Command.run("image", XfsFixture.path("v5"))
    #expect(result.status == 0)
    #expect(result.text.contains("xfs"))
  }
}
