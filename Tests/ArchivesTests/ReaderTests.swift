import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Archives

/// Members of archives that real tools made, read in helper processes.
@Suite struct ReaderTests {
  /// Content of a file.
  final class File: OpenContent {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var facts: ContentFacts { ContentFacts(size: UInt64(bytes.count)) }
    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .memory(bytes) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      let rest = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
      buffer.copyBytes(from: rest)
      return rest.count
    }
  }

  private static let trawl: String = {
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((runner ?? "") as NSString).deletingLastPathComponent + "/trawl"
  }()
  private let archives = Archives(helper: [RawPath(trawl), RawPath(ArchiveHelper.argument)])

  private func patience(_ seconds: Int = 60) -> ArchivePatience {
    ArchivePatience(deadline: .now + .seconds(seconds), isCancelled: { false })
  }

  private func archive(_ path: String) throws -> (Archive, File) {
    let file = File(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    let head = Array(file.bytes.prefix(4096))
    return (try #require(try archives.archive(in: file, head.span.bytes)), file)
  }

  /// Names and contents of the members, by both passes.
  private func members(_ path: String) throws -> [String: [UInt8]] {
    let (archive, file) = try archive(path)
    let reader = archives.reader()
    var listed = [ArchiveMember]()
    try reader.list(
      archive, in: file, within: patience(), excludes: { _, _ in false },
      { member in
        if case .member(let member) = member, member.kind == .file { listed.append(member) }
        return true
      })
    var contents = [String: [UInt8]]()
    try reader.unpack(
      listed.map(\.index), upTo: 1 << 24, of: archive, in: file, within: patience()
    ) { index, bytes, problem in
      #expect(problem == nil)
      let member = listed.first { $0.index == index }!
      #expect(member.isWhole == (bytes.count < ArchiveHelper.wholeLength))
      #expect(member.head == (member.isWhole ? bytes : Array(bytes.prefix(4096))))
      contents[String(decoding: member.name, as: UTF8.self)] = bytes
      return true
    }
    return contents
  }

  /// A small file, one of a page, and one of several, in a folder.
  private func tree(in folder: TemporaryDirectory) throws -> [String: [UInt8]] {
    var random = SeededGenerator(seed: 1)
    let files: [String: [UInt8]] = [
      "small.txt": Array("hay".utf8), "empty": [], "page": Array(repeating: 7, count: 4096),
      "sub/gr\u{FC}n.bin": (0..<300_000).map { _ in UInt8(random.number(0...255)) },
    ]
    for (name, bytes) in files { try folder.write(bytes, to: "t/" + name) }
    return files
  }

  static let tools: [(name: String, command: String)] = [
    ("a.zip", "zip -qr ../a.zip ."), ("s.zip", "zip -qr0 ../s.zip ."),
    ("a.7z", "7z a -bd -y ../a.7z . > /dev/null"), ("a.tar", "tar cf ../a.tar ."),
    ("a.tar.gz", "tar czf ../a.tar.gz ."), ("a.tar.xz", "tar cJf ../a.tar.xz ."),
    ("a.cpio", "find . | cpio -o -H newc --quiet > ../a.cpio"),
    ("a.cab", "gcab -c -z ../a.cab small.txt page sub/*"),
    ("a.iso", "genisoimage -quiet -R -o ../a.iso ."),
  ]

  @Test(arguments: tools) func membersAreWhatWasPacked(_ tool: (name: String, command: String))
    throws
  {
    let folder = try TemporaryDirectory()
    let files = try tree(in: folder)
    let made = try Subprocess.run("bash", ["-c", tool.command], in: folder.path + "/t")
    #expect(made.status == 0, "\(made.errors)")
    let members = try members(folder.path + "/" + tool.name)
    for (name, bytes) in files where tool.name != "a.cab" || name != "empty" {
      let last = (name as NSString).lastPathComponent
      let found = members.first { ($0.key as NSString).lastPathComponent == last }
      #expect(found?.value == bytes, "\(name) of \(members.keys)")
    }
  }

  @Test func aReaderServesManyArchives() throws {
    let folder = try TemporaryDirectory()
    _ = try tree(in: folder)
    _ = try Subprocess.run("bash", ["-c", "zip -qr ../a.zip ."], in: folder.path + "/t")
    let (archive, file) = try archive(folder.path + "/a.zip")
    let reader = archives.reader()
    for round in 0..<20 {
      var count = 0
      try reader.list(
        archive, in: file, within: patience(), excludes: { _, _ in false },
        { _ in
          count += 1
          // A round in the middle of a reply.
          return round % 5 != 4
        })
      #expect(count == (round % 5 == 4 ? 1 : 5))
    }
  }

  private func problem(_ helper: [RawPath], seconds: Int) throws -> ItemProblem? {
    let reader = Archives(helper: helper).reader()
    let file = File(Array("PK\u{3}\u{4}".utf8))
    do throws(ItemProblem) {
      try reader.list(
        Archive(kind: .zip, range: 0..<4), in: file, within: patience(seconds),
        excludes: { _, _ in false }, { _ in true })
      return nil
    } catch {
      return error
    }
  }

  @Test func aHelperThatDiesHangsOrTalksNonsenseCostsTheArchive() throws {
    #expect(try problem(["/bin/false"], seconds: 10)?.reason == .unreadable)
    #expect(try problem(["/nonexistent"], seconds: 10)?.reason == .unreadable)
    #expect(try problem(["/bin/sleep", "100"], seconds: 1)?.reason == .timedOut)
    #expect(try problem(["/bin/echo", "nonsense, nonsense"], seconds: 10)?.reason == .unreadable)
  }

  @Test func damageIsAProblem() throws {
    let folder = try TemporaryDirectory()
    _ = try tree(in: folder)
    _ = try Subprocess.run("bash", ["-c", "zip -qr ../a.zip ."], in: folder.path + "/t")
    let (archive, file) = try archive(folder.path + "/a.zip")
    let cut = File(Array(file.bytes.prefix(file.bytes.count / 2)))
    #expect(throws: ItemProblem.self) {
      try archives.reader().list(
        Archive(kind: archive.kind, range: 0..<UInt64(cut.bytes.count)), in: cut,
        within: patience(), excludes: { _, _ in false }, { _ in true })
    }
  }

  /// A member that is longer than the limit is cut there, and this is said; one that just fits is whole.
  @Test func theLimitOfAMemberIsExact() throws {
    let folder = try TemporaryDirectory()
    try folder.write([UInt8](repeating: 1, count: 100_000), to: "t/x")
    _ = try Subprocess.run("bash", ["-c", "zip -qr ../a.zip x"], in: folder.path + "/t")
    let (archive, file) = try archive(folder.path + "/a.zip")
    for (limit, isWhole) in [(99_999, false), (100_000, true), (100_001, true)] {
      try archives.reader().unpack(
        [0], upTo: UInt64(limit), of: archive, in: file, within: patience()
      ) { _, bytes, problem in
        #expect(bytes.count == min(limit, 100_000))
        #expect((problem?.reason == .tooLarge) == !isWhole)
        return true
      }
    }
  }
}
