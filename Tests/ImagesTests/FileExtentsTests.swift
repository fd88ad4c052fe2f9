import Testing

@testable import FileSystems

/// Extents of a file: gaps are zeros, parts behind the size are cut, overlaps are damage.
@Suite struct FileExtentsTests {
  private func shown(_ content: FileExtents) -> [String] {
    content.extents.map { "\($0.offset.map(String.init) ?? "-"):\($0.length)" }
  }

  @Test func gapsAreZerosAndNeighboursJoined() throws {
    var content = FileExtents(size: 1000)
    try content.add(5000, at: 100, length: 50)
    try content.add(5050, at: 150, length: 50)
    try content.add(nil, at: 200, length: 10)
    try content.add(9000, at: 900, length: 500)
    #expect(shown(content) == ["-:100", "5000:100", "-:700", "9000:100"])
    #expect(content.isComplete && content.length == 1000)
  }

  @Test func whatLiesBehindTheSizeIsLeftOut() throws {
    var content = FileExtents(size: 10)
    try content.add(7, at: 10, length: 5)
    try content.add(7, at: .max, length: .max)
    #expect(shown(content).isEmpty && !content.isComplete)
    content.finish()
    #expect(shown(content) == ["-:10"] && content.isComplete)
  }

  @Test func extentsThatOverlapAreDamage() throws {
    var content = FileExtents(size: 100)
    try content.add(7, at: 10, length: 5)
    #expect(throws: FileSystemError.self) { try content.add(99, at: 14, length: 1) }
    #expect(throws: FileSystemError.self) { try content.add(99, at: 0, length: 1) }
    try content.add(12, at: 15, length: 1)
    #expect(shown(content) == ["-:10", "7:6"])
  }

  @Test func theNumberOfExtentsIsLimited() throws {
    var content = FileExtents(size: .max)
    for index in 0..<UInt64(FileExtents.maximumCount + 10) {
      try content.add(index * 2, at: index, length: 1)
    }
    #expect(content.hasTooMany && content.isComplete)
    #expect(content.extents.count == FileExtents.maximumCount + 1)
  }
}
