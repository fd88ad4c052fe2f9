import Bytes
import Foundation
import TestSupport
import Testing

@Suite("A cache that nobody else writes") struct CacheDirectoryTests {
  private let folder: TemporaryDirectory
  private let cache: CacheDirectory
  private let key = Array("key".utf8)
  private let content = Array("content".utf8)

  init() throws {
    folder = try TemporaryDirectory()
    cache = CacheDirectory(RawPath(folder.path + "/above/cache"))
  }

  /// The path of the one entry.
  private func entry() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: cache.path.shown)
    return cache.path.shown + "/" + (try #require(names.first))
  }

  @Test func whatIsKeptIsFoundUnderItsKey() {
    #expect(cache.entry(for: key) == nil)
    cache.keep(content, for: key)
    #expect(cache.entry(for: key) == content)
    #expect(cache.entry(for: key + [0]) == nil)
    cache.keep([], for: [1])
    #expect(cache.entry(for: [1]) == [])
  }

  @Test func theLastOneCounts() {
    cache.keep(content, for: key)
    cache.keep([1, 2], for: key)
    #expect(cache.entry(for: key) == [1, 2])
  }

  @Test func aChangedByteIsNoEntry() throws {
    cache.keep(content, for: key)
    let path = try entry()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for position in whole.indices {
      var damaged = whole
      damaged[position] ^= 0x20
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(cache.entry(for: key) == nil, "byte \(position)")
    }
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(cache.entry(for: key) == nil, "cut at \(length)")
    }
    try whole.write(to: URL(fileURLWithPath: path))
    #expect(cache.entry(for: key) == content)
  }

  @Test func anEntryOfAnotherKeyIsNone() throws {
    cache.keep(content, for: key)
    let path = try entry()
    cache.keep([9], for: [9])
    let names = try FileManager.default.contentsOfDirectory(atPath: cache.path.shown)
    let other = try #require(names.map { cache.path.shown + "/" + $0 }.first { $0 != path })
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: other, toPath: path)
    #expect(cache.entry(for: key) == nil)
  }

  @Test(arguments: [0o622, 0o660, 0o602] as [Int16])
  func whatOthersCanWriteIsNotRead(mode: Int16) throws {
    cache.keep(content, for: key)
    try FileManager.default.setAttributes(
      [.posixPermissions: NSNumber(value: mode)], ofItemAtPath: try entry())
    #expect(cache.entry(for: key) == nil)
  }

  @Test(arguments: [0o777, 0o770] as [Int16])
  func aDirectoryThatOthersCanWriteIsNotUsed(mode: Int16) throws {
    cache.keep(content, for: key)
    try FileManager.default.setAttributes(
      [.posixPermissions: NSNumber(value: mode)], ofItemAtPath: cache.path.shown)
    #expect(cache.entry(for: key) == nil)
    cache.keep(content, for: [7])
    try FileManager.default.setAttributes(
      [.posixPermissions: NSNumber(value: 0o700 as Int16)], ofItemAtPath: cache.path.shown)
    #expect(cache.entry(for: key) == content)
    #expect(cache.entry(for: [7]) == nil)
  }

  @Test func aLinkIsNoEntry() throws {
    cache.keep(content, for: key)
    let path = try entry()
    try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/elsewhere")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: folder.path + "/elsewhere")
    #expect(cache.entry(for: key) == nil)
  }

  @Test func anotherUsersEntryIsNotRead() throws {
    // Only root can change the owner of a file; other users cannot run this part.
    guard geteuid() == 0 else { return }
    cache.keep(content, for: key)
    try FileManager.default.setAttributes(
      [.ownerAccountID: NSNumber(value: 12345)], ofItemAtPath: try entry())
    #expect(cache.entry(for: key) == nil)
  }

  @Test func writersAtTheSameTimeLeaveAWholeEntry() async {
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          for _ in 0..<20 {
            cache.keep(Array(repeating: UInt8(number), count: 100_000), for: key)
            let found = cache.entry(for: key)
            #expect(found == nil || Set(found!).count == 1 && found!.count == 100_000)
          }
        }
      }
    }
    #expect(cache.entry(for: key)?.count == 100_000)
  }

  @Test func oldEntriesGo() throws {
    for number in 0..<80 as Range<UInt8> { cache.keep([number], for: [number]) }
    let names = try FileManager.default.contentsOfDirectory(atPath: cache.path.shown)
    #expect(names.count == 64)
  }
}
