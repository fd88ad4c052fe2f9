import Bytes
import Evidence
import Foundation
import TestSupport
import Testing

@testable import Archives

/// The reader of ZIP archives, against archives that Info-ZIP, 7-Zip and Python make, with libarchive as the oracle.
@Suite struct ZipReaderTests {
  private typealias File = ReaderTests.File
  private typealias Unpacked = [String: (bytes: [UInt8], reason: ItemProblem.Reason?)]

  private static let trawl: String = {
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((runner ?? "") as NSString).deletingLastPathComponent + "/trawl"
  }()
  private let helper = [RawPath(trawl), RawPath(ArchiveHelper.argument)]
  private let patience = ArchivePatience(deadline: .now + .seconds(60), isCancelled: { false })

  /// Members of an archive in a folder, as a reader unpacks them.
  private func unpacked(_ bytes: [UInt8], _ reader: any ArchiveReader, upTo limit: UInt64 = 1 << 24)
    throws -> Unpacked
  {
    let file = File(bytes)
    let archive = try #require(
      try Archives(helper: helper).archive(in: file, Array(bytes.prefix(4096)).span.bytes))
    var listed = [UInt64: ArchiveMember]()
    try reader.list(
      archive, in: file, within: patience, excludes: { _, _ in false },
      { member in
        guard case .member(let member) = member else { return false }
        if member.kind == .file { listed[member.index] = member }
        return true
      })
    var members = Unpacked()
    try reader.unpack(
      listed.keys.sorted(), upTo: limit, of: archive, in: file, within: patience
    ) { index, bytes, problem in
      let member = listed[index]!
      if member.isWhole { #expect(member.head == bytes) }
      #expect(bytes.starts(with: member.head))
      members[String(decoding: member.name, as: UTF8.self)] = (bytes, problem?.reason)
      return true
    }
    return members
  }

  private func own(_ bytes: [UInt8], upTo limit: UInt64 = 1 << 24) throws -> Unpacked {
    // A reader that leaves an archive to the helper fails here.
    try unpacked(bytes, FormatReader(["/bin/false"]), upTo: limit)
  }

  /// Runs Python in a folder, and returns the file that it wrote.
  private func made(_ program: String, _ name: String = "a.zip") throws -> [UInt8] {
    let folder = try TemporaryDirectory()
    let made = try Subprocess.run("python3", ["-c", program], in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)))
  }

  private static let contents = """
    import io, random, struct, zipfile
    r = random.Random(7)
    files = {'empty': b'', 'text': b'needle in the hay ' * 5000, 'noise': r.randbytes(70000), 'one': b'x',
      'sub/gr\\u00fcn': bytes(r.choices(range(256), weights=[1/(v+1) for v in range(256)], k=40000)),
      'zeros': bytes(200000)}

    """

  /// Programs that write a.zip from `files`, each in a form of its own.
  static let forms = [
    "z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)\\nfor n in files: z.writestr(n, files[n])\\nz.close()",
    "z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_STORED)\\nfor n in files: z.writestr(n, files[n])\\nz.close()",
    "z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)\\nz.comment = b'PK' * 30000\\nfor n in files: z.writestr(n, files[n], compresslevel=1)\\nz.close()",
    // Sizes behind the bytes: the output cannot seek.
    "class Pipe(io.RawIOBase):\\n  def __init__(s): s.f = open('a.zip', 'wb')\\n  def writable(s): return True\\n  def write(s, b): return s.f.write(b)\\nz = zipfile.ZipFile(Pipe(), 'w', zipfile.ZIP_DEFLATED)\\nfor n in files: z.writestr(n, files[n])\\nz.close()\\nz.fp and z.fp.f.close()",
    // Numbers of 64 bits in front of each member.
    "z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)\\nfor n in files:\\n  with z.open(n, 'w', force_zip64=True) as f: f.write(files[n])\\nz.close()",
    // Extra fields, and the order of the directory is not that of the members.
    "z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)\\nfor n in files:\\n  i = zipfile.ZipInfo(n); i.compress_type = 8; i.extra = struct.pack('<HH', 0x7a7a, 40) + bytes(40)\\n  z.writestr(i, files[n])\\nz.filelist.reverse()\\nz.close()",
  ]

  @Test(arguments: forms.indices) func membersAreThoseOfPythonAndLibarchive(_ form: Int) throws {
    let program = Self.contents + Self.forms[form].replacingOccurrences(of: "\\n", with: "\n")
    let bytes = try made(program)
    let own = try own(bytes)
    let plain = try made(
      Self.contents
        + "open('all', 'wb').write(b''.join(struct.pack('<II', len(n.encode()), len(files[n])) + n.encode() + files[n] for n in files))",
      "all")
    var position = 0
    var count = 0
    while position < plain.count {
      let (name, length): (UInt32, UInt32) = (plain.little(position), plain.little(position + 4))
      let start = position + 8 + Int(name)
      let member = own[String(decoding: plain[(position + 8)..<start], as: UTF8.self)]
      #expect(member?.bytes == Array(plain[start..<(start + Int(length))]))
      #expect(member?.reason == nil)
      position = start + Int(length)
      count += 1
    }
    #expect(own.count == count)
    // libarchive 3.6 looks for the end record in the last 16 KiB only, and the comment is longer.
    guard form != 2 else { return }
    let oracle = try unpacked(bytes, HelperArchiveReader(helper))
    #expect(own.mapValues(\.bytes) == oracle.mapValues(\.bytes))
  }

  /// A program in front may be counted by the directory's offsets, or not.
  @Test func whatStandsInFrontIsLeft() throws {
    let bytes = try made(
      Self.contents
        + "z = zipfile.ZipFile('a.zip', 'w', 8)\nfor n in files: z.writestr(n, files[n])\nz.close()"
    )
    let front = [UInt8](repeating: 0x5A, count: 5000)
    let file = File(front + bytes)
    let range = UInt64(front.count)..<UInt64(front.count + bytes.count)
    let directory = try #require(
      try ZipDirectory(of: Archive(kind: .zip, range: range), in: file))
    var names = 0
    try ZipReader().list(
      directory, in: file, within: patience, excludes: { _, _ in false },
      { member in
        guard case .member(let member) = member else { return false }
        #expect(member.problem == nil)
        names += 1
        return true
      })
    #expect(names == 6)
  }

  // MARK: Claims

  private static let damages: [(name: String, program: String, reason: ItemProblem.Reason)] = [
    ("checksum", "b[d+16] ^= 1", .unreadable),
    ("size of the directory is too small", "b[d+24:d+28] = struct.pack('<I', 100)", .unreadable),
    (
      "size of the directory is too large", "b[d+24:d+28] = struct.pack('<I', 1 << 20)", .unreadable
    ),
    ("packed length is too small", "b[d+20:d+24] = struct.pack('<I', 100)", .unreadable),
    ("bytes", "b[60] ^= 0xff", .unreadable),
  ]

  /// The content is unpacked as far as it goes, and the problem is said.
  @Test(arguments: damages.indices) func whatIsNotAsStatedIsSaid(_ index: Int) throws {
    let damage = Self.damages[index]
    let bytes = try made(
      """
      import random, struct, zipfile
      z = zipfile.ZipFile('a.zip', 'w', 8)
      z.writestr('x', bytes(random.Random(1).choices(b'abcdef', k=60000)))
      z.close()
      b = bytearray(open('a.zip', 'rb').read())
      d = b.rindex(b'PK\\1\\2')
      \(damage.program)
      open('a.zip', 'wb').write(b)
      """)
    let member = try #require(try own(bytes)["x"])
    #expect(member.reason == damage.reason, "\(damage.name)")
    let isCut = damage.name == "packed length is too small" || damage.name == "bytes"
    #expect(isCut ? member.bytes.count < 60000 : member.bytes.count == 60000, "\(damage.name)")
  }

  @Test func encryptedMembersAreNamed() throws {
    let folder = try TemporaryDirectory()
    try folder.write([UInt8](repeating: 1, count: 1000), to: "x")
    let made = try Subprocess.run("zip", ["-qP", "secret", "a.zip", "x"], in: folder.path)
    try #require(made.status == 0)
    let file = File(Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.zip"))))
    var problems = [ItemProblem.Reason?]()
    try FormatReader(["/bin/false"]).list(
      Archive(kind: .zip, range: 0..<UInt64(file.bytes.count)), in: file, within: patience,
      excludes: { _, _ in true },
      { member in
        guard case .member(let member) = member else { return false }
        problems.append(member.problem?.reason)
        return true
      })
    #expect(problems == [.encrypted])
  }

  /// Members with bytes of their own are files, whatever their attributes say.
  @Test func attributesHideNoBytes() throws {
    let bytes = try made(
      """
      import zipfile
      z = zipfile.ZipFile('a.zip', 'w')
      for name, mode in (('link', 0o120777), ('folder', 0o40755), ('device', 0o20666), ('slash/', 0o40755)):
        i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = mode << 16
        z.writestr(i, b'x' * 5000)
      z.close()
      """)
    #expect(Set(try own(bytes).keys) == ["link", "folder", "device", "slash/"])
  }

  /// Methods that only libarchive knows are left to it.
  @Test func otherMethodsAreLeftToTheHelper() throws {
    let bytes = try made(
      "import zipfile\nz = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_BZIP2)\nz.writestr('x', b'hay' * 100)\nz.close()"
    )
    let file = File(bytes)
    #expect(
      try ZipDirectory(of: Archive(kind: .zip, range: 0..<UInt64(bytes.count)), in: file) == nil)
    let member = try #require(try unpacked(bytes, FormatReader(helper))["x"])
    #expect(member.bytes == Array(String(repeating: "hay", count: 100).utf8))
  }

  @Test func beginningsAreJudged() throws {
    let bytes = try made(
      Self.contents
        + "z = zipfile.ZipFile('a.zip', 'w', 8)\nfor n in files: z.writestr(n, files[n])\nz.close()"
    )
    let file = File(bytes)
    var excluded = [String: UInt64]()
    var others = [String]()
    try FormatReader(["/bin/false"]).list(
      Archive(kind: .zip, range: 0..<UInt64(bytes.count)), in: file, within: patience,
      excludes: { head, _ in head.byteCount > 0 && head.begins(with: "needle") },
      { member in
        switch member {
        case .excluded(_, let name, let size, let read):
          #expect(size == 90_000)
          excluded[String(decoding: name, as: UTF8.self)] = read
        case .member(let member): others.append(String(decoding: member.name, as: UTF8.self))
        }
        return true
      })
    #expect(Array(excluded.keys) == ["text"])
    #expect(try #require(excluded["text"]) <= UInt64(ZipReader.beginning))
    #expect(Set(others) == ["empty", "noise", "one", "sub/gr\u{FC}n", "zeros"])
  }
}
