import Bytes
import Foundation
import TestSupport
import Testing

@testable import Containers

/// Holes of sparse files that truncate(1) and dd made.
@Suite struct HoleMapTests {
  @Test func bytesOfHolesAreCountedToTheirEnd() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/sparse"
    // Data in the second mebibyte of four.
    let script =
      "truncate -s 4M \"$1\"; dd if=/dev/urandom of=\"$1\" bs=1M count=1 seek=1 conv=notrunc"
    try ContainerFixtures.run("bash", ["-c", script, "bash", path])
    let descriptor = try Descriptor(reading: RawPath(path), followingLink: true)
    let holes = HoleMap(of: descriptor, length: 4 << 20)
    let mebibyte: UInt64 = 1 << 20
    try #require(holes.hole(at: 0) > 0, "the file system stores holes")
    #expect(holes.hole(at: 0) == mebibyte)
    #expect(holes.hole(at: mebibyte - 1) == 1)
    #expect(holes.hole(at: mebibyte) == 0)
    #expect(holes.hole(at: 2 * mebibyte) == 2 * mebibyte)
    #expect(holes.hole(at: 4 * mebibyte) == 0 && holes.hole(at: .max) == 0)
    // The file grew after its length was asked for.
    #expect(HoleMap(of: descriptor, length: mebibyte / 2).hole(at: 10) == mebibyte / 2 - 10)
    #expect(HoleMap(of: descriptor, length: 0).hole(at: 0) == 0)
  }
}
