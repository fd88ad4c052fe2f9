import Foundation
import TestSupport
import Testing

/// Members of archives that real tools made are items: what is found in them is what is found in the files that were
/// packed, and what cannot be opened is said.
@Suite struct ArchiveScanTests {
  private static let driver = Fixtures.positive("kaspersky_windows_driver_klif")

  /// A folder `t` with a driver below `sub`, text, and a program of no vendor.
  private func tree() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    try folder.write("hay", to: "t/readme.txt")
    try folder.write(Array(repeating: 0x4D, count: 100_000), to: "t/sub/data.bin")
    try FileManager.default.copyItem(
      atPath: Self.driver, toPath: folder.path + "/t/sub/klif.sys")
    return folder
  }

  @discardableResult
  private func shell(_ command: String, in folder: String) throws -> Subprocess.Result {
    let result = try Subprocess.run("bash", ["-c", "set -e; " + command], in: folder)
    #expect(result.status == 0, "\(command): \(result.errors)")
    return result
  }

  private static let sum: String = {
    let result = try? Subprocess.run("sha256sum", [driver])
    return String(result?.text.prefix(64) ?? "")
  }()

  /// Archive, command that makes it beside `t`, path of the driver in it, and policy.
  struct Format: CustomTestStringConvertible, Sendable {
    let name: String
    let command: String
    var member = "sub/klif.sys"
    var policy = "executables"
    var testDescription: String { name }
  }

  static let formats: [Format] = [
    Format(name: "a.zip", command: "cd t; zip -qr ../a.zip ."),
    Format(name: "stored.zip", command: "cd t; zip -qr0 ../stored.zip ."),
    Format(name: "streamed.zip", command: "cd t; zip -qr - . | cat > ../streamed.zip"),
    Format(name: "a.jpg", command: "cd t; zip -qr ../b.zip .; mv ../b.zip ../a.jpg"),
    Format(name: "a.7z", command: "cd t; 7z a -bd -y ../a.7z . > /dev/null"),
    Format(name: "a.cab", command: "cd t; gcab -c -z ../a.cab sub/klif.sys readme.txt"),
    Format(
      name: "a.deb",
      command: """
        mkdir -p d/DEBIAN; cp -r t/sub d/; \
        printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n' \
        > d/DEBIAN/control; dpkg-deb -Zxz -b d a.deb > /dev/null
        """, member: "data.tar.xz!/sub/klif.sys"),
    Format(
      name: "zip.exe", command: "cd t; zip -qr ../b.zip .; cat '\(driver)' ../b.zip > ../zip.exe"),
    Format(
      name: "7z.exe",
      command: "cd t; 7z a -bd -y ../b.7z . > /dev/null; cat '\(driver)' ../b.7z > ../7z.exe"),
    Format(
      name: "resources.exe",
      command: """
        cd t; 7z a -bd -y ../b.7z . > /dev/null; cd ..; echo 'int main(void) { return 0; }' > m.c
        echo 'SETUP.DLL.Z SZIP "b.7z"' | x86_64-w64-mingw32-windres -o r.o
        x86_64-w64-mingw32-gcc -s -o resources.exe m.c r.o
        """, member: "SZIP/SETUP.DLL.Z!/sub/klif.sys"),
    Format(
      name: "nested.zip", command: "cd t; zip -qr ../b.zip .; cd ..; zip -q nested.zip b.zip",
      member: "b.zip!/sub/klif.sys"),
    Format(
      name: "mixed.zip",
      command: "cd t; 7z a -bd -y ../b.7z . > /dev/null; cd ..; zip -q0 mixed.zip b.7z",
      member: "b.7z!/sub/klif.sys"),
    Format(name: "a.tar", command: "tar cf a.tar -C t .", policy: "all"),
    Format(name: "a.tar.gz", command: "tar czf a.tar.gz -C t .", policy: "all"),
    Format(
      name: "a.gz", command: "gzip -c t/sub/klif.sys > a.gz", member: "klif.sys", policy: "all"),
    Format(name: "a.xz", command: "xz -c t/sub/klif.sys > a.xz", member: "data", policy: "all"),
    Format(name: "a.iso", command: "genisoimage -quiet -R -o a.iso t", policy: "all"),
  ]

  @Test(arguments: formats) func aDriverIsFoundInside(_ format: Format) throws {
    let folder = try tree()
    try shell(format.command, in: folder.path)
    let file = folder.path + "/" + format.name
    let (status, lines) = try Command.lines("--as", "file", "--archives", format.policy, file)
    #expect(status == 1)
    let found = try #require(lines.ofType("finding").first { $0.archive != nil })
    #expect(found.path == file + "!/" + format.member)
    #expect(found.archive == file && found.evidence == file)
    #expect(found.sha256 == Self.sum)
    #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
    #expect(lines.ofType("product").allSatisfy { $0.installation == folder.path })
    // Without the sieve the answers are the same.
    let (_, whole) = try Command.lines(
      "--as", "file", "--no-sieve", "--archives", format.policy, file)
    #expect(whole.last?.items == lines.last?.items)
    #expect(
      Set(whole.ofType("finding").map(\.path)) == Set(lines.ofType("finding").map(\.path)))
  }

  /// Unpacked by another tool and scanned by `yara` with the exported rules, the files match the same rules.
  @Test(arguments: [
    "zip -qr ../a.zip .", "zip -qr0 ../a.zip .", "7z a -bd -y ../a.zip . > /dev/null",
  ])
  func answersAreThoseOfUnpackingAndYara(_ command: String) throws {
    let folder = try TemporaryDirectory()
    try shell(
      "mkdir t; cp -r '\(Fixtures.folder)/positive' t/; cp -r '\(Fixtures.folder)/near-miss' t/",
      in: folder.path)
    try shell("cd t; " + command, in: folder.path)
    try shell("mkdir u; cd u; 7z x -bd -y ../a.zip > /dev/null", in: folder.path)
    let rules = folder.path + "/rules.yar"
    #expect(try Command.run("signatures", "export", rules).status == 0)
    let yara = try Subprocess.run("yara", ["-r", "-w", rules, folder.path + "/u"])
    let wanted = Set(
      yara.lines.map { $0.replacingOccurrences(of: folder.path + "/u/", with: "") })
    let (_, lines) = try Command.lines("--signatures", rules, folder.path + "/a.zip")
    let found = lines.ofType("finding").flatMap { finding in
      // Members of archives inside are none of yara's files.
      let name = finding.path?.components(separatedBy: "!/") ?? []
      return name.count == 2 ? (finding.matches ?? []).map { "\($0.rule) \(name[1])" } : []
    }
    #expect(wanted.count > 60)
    #expect(Set(found) == wanted)
  }

  @Test func thePolicyDecidesAndSaysSo() throws {
    let folder = try tree()
    try shell("tar czf a.tar.gz t; cd t; zip -qr ../a.zip .; cd ..; rm -r t", in: folder.path)
    let (_, usual) = try Command.lines(folder.path)
    #expect(usual.ofType("finding").count == 1)
    #expect(usual.last?.ignored?["archives"] == 1)
    #expect(usual.last?.archives == ["gzip": 1])
    #expect(usual.last?.complete == true)
    let (status, none) = try Command.lines("--archives", "none", folder.path)
    #expect(status == 0)
    #expect(none.last?.archives == ["gzip": 1, "zip": 1])
    #expect(none.last?.items?["seen"] == 0)
    let (_, all) = try Command.lines("--archives", "all", folder.path)
    #expect(all.ofType("finding").count == 2)
    #expect(all.last?.archives == nil)
  }

  @Test(arguments: [
    ("cd t; zip -qr -P secret ../a.zip .", "encrypted"),
    ("cd t; 7z a -bd -psecret -mhe=on ../a.7z . > /dev/null", "encrypted"),
    ("cd t; 7z a -bd -psecret ../a.7z . > /dev/null", "encrypted"),
    ("cd t; zip -qr ../b.zip .; head -c 700 ../b.zip > ../a.zip", "unreadable"),
    ("cd t; 7z a -bd ../b.7z . > /dev/null; head -c 500 ../b.7z > ../a.7z", "unreadable"),
  ]) func whatCannotBeOpenedIsSaid(_ command: String, _ reason: String) throws {
    let folder = try tree()
    try shell(command + "; cd ..; rm -rf t b.zip b.7z", in: folder.path)
    let (status, lines) = try Command.lines(folder.path)
    #expect(status == 3)
    #expect(lines.ofType("problem").contains { $0.reason == reason })
    #expect(lines.last?.complete == false)
  }

  /// A wrong checksum costs one member.
  @Test func aDamagedMemberIsNotClean() throws {
    let folder = try tree()
    try shell("cd t; zip -qr0 ../a.zip .", in: folder.path)
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.zip")))
    // In the stored bytes of data.bin, behind its first page.
    let run = try #require(
      bytes.indices.first {
        $0 + 9000 < bytes.count && bytes[$0..<($0 + 9000)].allSatisfy { $0 == 0x4D }
      })
    bytes[run + 8000] = 0
    let file = try folder.write(bytes, to: "b.zip")
    let (status, lines) = try Command.lines("--no-sieve", file)
    #expect(status == 1)
    let problem = try #require(lines.ofType("problem").first)
    #expect(problem.path == file + "!/sub/data.bin" && problem.reason == "unreadable")
    #expect(lines.ofType("finding").count == 1)
  }

  @Test func archivesInsideEachOtherEndAtALimit() throws {
    let folder = try tree()
    try shell(
      "zip -qj 0.zip t/sub/klif.sys; for i in 1 2 3 4 5 6; do zip -q $i.zip $((i - 1)).zip; done",
      in: folder.path)
    let deep = try Command.lines(folder.path + "/3.zip")
    #expect(deep.lines.ofType("finding").count == 1)
    let (status, lines) = try Command.lines(folder.path + "/6.zip")
    #expect(status == 3)
    let problem = try #require(lines.ofType("problem").first)
    #expect(problem.reason == "too_large")
    #expect(problem.path?.hasSuffix("6.zip!/5.zip!/4.zip!/3.zip!/2.zip") == true)
  }

  /// A further name of an archive has neither members nor their findings.
  @Test func aHardLinkHasNotTheFindingsOfMembers() throws {
    let folder = try tree()
    try shell(
      "zip -qj a.zip t/sub/klif.sys t/readme.txt; rm -r t; ln a.zip b.zip; ln a.zip c.zip",
      in: folder.path)
    for _ in 0..<3 {
      let (_, lines) = try Command.lines("--no-sieve", folder.path)
      #expect(lines.ofType("finding").count == 1)
      #expect(lines.ofType("finding").first?.path?.hasSuffix(".zip!/klif.sys") == true)
      #expect(lines.last?.ignored?["hard_links"] == 2)
      #expect(lines.last?.items?["clean"] == 2)
    }
  }

  /// Names are names, wherever they lead, and nothing is written.
  @Test func hostileNamesAndLinksLeadNowhere() throws {
    let folder = try TemporaryDirectory()
    try shell(
      """
      python3 - '\(Self.driver)' <<'EOF'
      import sys, zipfile
      driver = open(sys.argv[1], 'rb').read()
      with zipfile.ZipFile('a.zip', 'w') as z:
          for name in ['../../outside.sys', '/absolute.sys', 'a!/b.sys', 'twice.sys', 'twice.sys']:
              z.writestr(name, driver)
          link = zipfile.ZipInfo('link'); link.external_attr = 0o120777 << 16
          z.writestr(link, '/etc/passwd')
      EOF
      """, in: folder.path)
    let (_, lines) = try Command.lines(folder.path + "/a.zip")
    let prefix = folder.path + "/a.zip!/"
    #expect(
      lines.ofType("finding").compactMap { $0.path?.replacingOccurrences(of: prefix, with: "") }
        .sorted()
        == ["../../outside.sys", "a%21/b.sys", "absolute.sys", "twice.sys", "twice.sys"])
    #expect(lines.last?.ignored?["symbolic_links"] == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.zip"])
  }

  /// Sizes in headers are claims: of 2³² and of 2⁶⁴−1 bytes, and of fewer than there are.
  @Test func sizesAreClaims() throws {
    let folder = try TemporaryDirectory()
    try shell(
      """
      python3 - '\(Self.driver)' <<'EOF'
      import struct, sys
      driver = open(sys.argv[1], 'rb').read()
      for number, size in enumerate([10, 2**32, 2**63, 2**64 - 1]):
          name = b'klif.sys'
          extra = struct.pack('<HHQQ', 1, 16, size, len(driver))
          local = struct.pack('<IHHHHHIIIHH', 0x04034b50, 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1, len(name), len(extra))
          central = struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 45, 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1,
              len(name), len(extra), 0, 0, 0, 0, 0)
          body = local + name + extra + driver
          directory = central + name + extra
          end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 1, 1, len(directory), len(body), 0)
          open('%d.zip' % number, 'wb').write(body + directory + end)
      EOF
      """, in: folder.path)
    for number in 0..<4 {
      let (status, lines) = try Command.lines(folder.path + "/\(number).zip")
      #expect(status == 1 || status == 3)
      #expect(!lines.ofType("problem").isEmpty, "\(number)")
      #expect(lines.last?.complete == false)
    }
  }

  /// A file of four gigabytes of zeros inside archives costs bounded time and memory.
  @Test func aBombIsSaidOrPassedBy() throws {
    let folder = try TemporaryDirectory()
    try shell(
      "head -c 1G /dev/zero | zip -q 0.zip -; zip -q 1.zip 0.zip; rm 0.zip", in: folder.path)
    let start = Date()
    let rules = try folder.write("rule r { strings: $a = \"needle\" condition: $a }", to: "r.yar")
    let (status, lines) = try Command.lines("--signatures", rules, folder.path + "/1.zip")
    #expect(status == 3)
    #expect(lines.ofType("problem").first?.reason == "too_large")
    #expect(Date().timeIntervalSince(start) < 60)
  }

  /// Members are in the case, and a scan that was killed ends like one that was not.
  @Test func aCaseResumesInTheMiddleOfAnArchive() throws {
    let folder = try tree()
    try shell(
      """
      for i in $(seq 400); do head -c 9000 /dev/urandom > t/sub/$i; done
      mkdir e; cd t; zip -qr ../e/a.zip .; cd ..; zip -qr e/b.zip e/a.zip; tar cf e/c.tar t
      """, in: folder.path)
    let evidence = folder.path + "/e"
    let rules = try folder.write(
      "rule mz { strings: $a = \"klif\" nocase $b = { 00 01 02 } condition: any of them }",
      to: "r.yar")
    let arguments = ["--signatures", rules, evidence]
    let whole = try CaseScans.plain(arguments)
    #expect(!whole.findings.isEmpty)
    for round in 1...8 {
      let file = folder.path + "/\(round).case"
      try CaseScans.kill(arguments, case: file, after: 0.05 * Double(round))
      let resumed = try Subprocess.run(
        Command.path, ["scan", "--format", "jsonl", "--case", file] + arguments)
      #expect(try CaseScans.result(resumed.lines) == whole, "round \(round)")
      let listed = try Command.run("case", "items", file, "--format", "jsonl")
      #expect(listed.text.contains("a.zip!/sub/1\""))
    }
  }
}
