import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Archives

/// Archives in the resources of programs that windres and gcc made, as 7-Zip reads them.
@Suite struct ProgramResourcesTests {
  private typealias File = ReaderTests.File

  /// A program with a ZIP archive in two languages, a 7z of a type of its own, a CAB of a numbered type, text, a program with
  /// a 7z in its resources, one without, and a dialog that is an archive.
  private static let made = Result {
    let folder = try TemporaryDirectory()
    let script = """
      set -e
      echo 'int main(void) { return 0; }' > m.c
      openssl rand 40000 > r.bin
      zip -q a.zip r.bin; 7z a -bd -y b.7z r.bin m.c > /dev/null; gcab -c -z c.cab m.c
      program() { x86_64-w64-mingw32-gcc -s -o $1.exe m.c $2; }
      resources() { x86_64-w64-mingw32-windres -o $1.o; program $1 $1.o; }
      program plain
      echo '1 RCDATA "b.7z"' | resources inner
      echo '1 RCDATA "inner.exe"' | resources outer1
      echo '1 RCDATA "outer1.exe"' | resources outer2
      echo '1 RCDATA "outer2.exe"' | resources outer3
      resources setup << RC
      LANGUAGE 9, 1
      101 RCDATA "a.zip"
      SETUP.DLL.Z SZIP "b.7z"
      102 RCDATA "m.c"
      103 RCDATA "inner.exe"
      104 RCDATA "plain.exe"
      7 300 "c.cab"
      1 5 "a.zip"
      LANGUAGE 7, 1
      101 RCDATA "c.cab"
      RC
      cat setup.exe a.zip > both.exe
      cat plain.exe a.zip > behind.exe
      mkdir x; cd x; 7z x -bd -y -tPE ../setup.exe > /dev/null
      """
    let made = try Subprocess.run("bash", ["-c", script], in: folder.path)
    try #require(made.status == 0, "run scripts/setup --tests: \(made.errors)")
    return folder
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: made.get().path + "/" + name)))
  }

  private func archive(_ bytes: [UInt8]) throws -> Archive? {
    try Archives().archive(in: File(bytes), Array(bytes.prefix(4096)).span.bytes)
  }

  private let patience = ArchivePatience(deadline: .now + .seconds(60), isCancelled: { false })

  private func members(_ program: [UInt8], upTo limit: UInt64 = 1 << 24) throws -> [(
    name: String, bytes: [UInt8], problem: ItemProblem?
  )] {
    let (file, reader) = (File(program), Archives().reader())
    let archive = Archive(kind: .resources, range: 0..<UInt64(program.count))
    var listed = [ArchiveMember]()
    try reader.list(
      archive, in: file, within: patience, excludes: { _, _ in false },
      {
        if case .member(let member) = $0 { listed.append(member) }
        return true
      })
    var members = [(name: String, bytes: [UInt8], problem: ItemProblem?)]()
    try reader.unpack(
      listed.map(\.index), upTo: limit, of: archive, in: file, within: patience
    ) { index, bytes, problem in
      let member = listed[Int(index)]
      #expect(member.size == UInt64(bytes.count) || problem != nil)
      #expect(member.isWhole == (member.size! <= 32 << 10))
      #expect(bytes.starts(with: member.head.prefix(Int(limit))))
      members.append((String(decoding: member.name, as: UTF8.self), bytes, problem))
      return true
    }
    return members
  }

  @Test func archivesInResourcesAreMembers() throws {
    let program = try Self.bytes("setup.exe")
    #expect(
      try archive(program) == Archive(kind: .resources, range: 0..<UInt64(program.count)))
    let members = try members(program)
    // Named types come first, then languages in the order of their numbers (PE format, "Resource Directory Entries").
    #expect(
      members.map(\.name) == [
        "SZIP/SETUP.DLL.Z", "RCDATA/101/1031", "RCDATA/101/1033", "RCDATA/103", "300/7",
      ])
    let packed = try ["b.7z", "c.cab", "a.zip", "inner.exe", "c.cab"].map(Self.bytes)
    #expect(members.map(\.bytes) == packed)
    #expect(members.allSatisfy { $0.problem == nil })
  }

  /// The archives and self-extracting programs among the resources that 7-Zip unpacks, but for a dialog, are the members.
  @Test func sevenZipUnpacksTheSame() throws {
    let script = """
      cd x/.rsrc; find . -type f | while read -r f; do case $f in */DIALOG/*) continue;; esac
      7z l "$f" > /dev/null 2>&1 || continue
      case $(head -c 2 "$f") in MZ) 7z l -tPE "$f" | grep -q rsrc || continue;; esac
      sha256sum < "$f"; done
      """
    let listed = try Subprocess.run("bash", ["-c", script], in: Self.made.get().path)
    let theirs = listed.text.split(separator: "\n").map { String($0.prefix(64)) }
    let own = try members(try Self.bytes("setup.exe")).map {
      Digest(of: $0.bytes.span.bytes).sha256
    }
    #expect(theirs.count == 5)
    let sums = own.map { $0.map { String(format: "%02x", $0) }.joined() }
    #expect(theirs.sorted() == sums.sorted())
  }

  @Test func whatIsBehindTheProgramIsAMemberToo() throws {
    let program = try Self.bytes("both.exe")
    #expect(try archive(program)?.kind == .resources)
    let members = try members(program)
    #expect(members.count == 6)
    #expect(members.last?.name == "overlay")
    #expect(members.last?.bytes == (try Self.bytes("a.zip")))
    // Alone it is the archive.
    let behind = try Self.bytes("behind.exe")
    let start = UInt64(try Self.bytes("plain.exe").count)
    #expect(try archive(behind) == Archive(kind: .zip, range: start..<UInt64(behind.count)))
    #expect(try archive(try Self.bytes("plain.exe")) == nil)
  }

  /// Programs in programs are looked at three deep.
  @Test func depthIsLimited() throws {
    #expect(try archive(try Self.bytes("outer1.exe"))?.kind == .resources)
    #expect(try archive(try Self.bytes("outer2.exe"))?.kind == .resources)
    #expect(try archive(try Self.bytes("outer3.exe")) == nil)
  }

  @Test func theLimitOfAMemberIsExact() throws {
    let members = try members(try Self.bytes("setup.exe"), upTo: 1000)
    #expect(members.map { $0.problem?.reason } == [.tooLarge, nil, .tooLarge, .tooLarge, nil])
    #expect(members.allSatisfy { $0.bytes.count <= 1000 })
  }

  /// A program that is cut off has the members that are left, the last of them cut off as well.
  @Test func aProgramThatIsCutOffHasWhatIsLeft() throws {
    let program = try Self.bytes("setup.exe")
    for count in stride(from: 1, to: program.count, by: 509) {
      let cut = Array(program.prefix(count))
      guard let archive = try archive(cut), archive.kind == .resources else { continue }
      for member in try members(cut) { #expect(member.bytes.count <= count) }
    }
    // The archive is in the dialog as well.
    let cut = try program.ranges(of: try Self.bytes("a.zip")).map {
      try members(Array(program.prefix($0.lowerBound + 5000)))
    }
    #expect(cut.joined().contains { $0.name == "RCDATA/101/1033" && $0.bytes.count == 5000 })
  }

  /// Directories that lead to themselves, and counts that are not true, end.
  @Test func hostileTreesEnd() throws {
    let program = try Self.bytes("setup.exe")
    let head = Array(program.prefix(4096))
    let sections = ProgramSections(head.span.bytes)
    let directory = Int(try #require(sections?.resources).lowerBound)
    for place in stride(from: directory, to: directory + 600, by: 4) {
      for value in [UInt32(0x8000_0000), 0x8000_0018, 0xFFFF_FFFF, 0x7FFF_FFFF, 0xFFFF] {
        var changed = program
        for byte in 0..<4 { changed[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
        if try archive(changed)?.kind == .resources { _ = try? members(changed) }
      }
    }
    // Every entry of a full directory is that directory.
    var cyclic = program + [UInt8](repeating: 0, count: 16)
    for byte in 0..<4 { cyclic[directory + 12 + byte] = 0xFF }
    for entry in 0..<((program.count - directory - 16) / 8) {
      let start = directory + 16 + 8 * entry
      cyclic.replaceSubrange(start..<(start + 8), with: [99, 0, 0, 0, 0, 0, 0, 0x80])
    }
    #expect(try archive(cyclic)?.kind == .resources)
    let (file, reader) = (File(cyclic), Archives().reader())
    #expect(throws: ItemProblem.self) {
      try reader.list(
        Archive(kind: .resources, range: 0..<UInt64(cyclic.count)), in: file, within: patience,
        excludes: { _, _ in false }, { _ in true })
    }
  }
}
