import Foundation
import TestSupport
import Testing

/// Images with missing, damaged or contradictory parts list each existing file once, and report the missing parts.
@Suite struct PartialImageTests {
  /// A copy of the boot sector's number of sectors that is too small hides nothing, and makes nothing appear twice.
  @Test func aVolumeThatClaimsLessThanItHoldsGivesItsFilesOnce() throws {
    let scan = try Scan(
      """
      truncate -s 30M v; mkntfs -F -Q -q v; head -c 22000000 /dev/urandom >noise
      printf "cp\\t$PWD/noise\\tnoise\\ncp\\t$D\\ta.sys\\n" | ./ntfsfill v
      python3 -c "
      import struct
      d=bytearray(open('v','rb').read()); s,=struct.unpack_from('<Q',d,40)
      struct.pack_into('<Q',d,40,s//2); open('v','wb').write(d)"
      truncate -s 33M image; printf '2048,30720,7\\n' | sfdisk -q image
      dd if=v of=image bs=1M seek=1 conv=notrunc status=none
      """)
    #expect(scan.findings.map { $0.path } == ["/a.sys"])
  }

  /// Bytes of a file that an E01 does not provide are unread in the account, and the other bytes are scanned.
  @Test func unreadableBytesOfItemsAreUnread() throws {
    let scan = try Scan(
      """
      mkdir t; { cat $D; head -c 300000 /dev/urandom; } >t/a.sys
      mke2fs -q -t ext4 -b 4096 -d t disk.dd 8M; ewfacquire -u -q -c none -t $PWD/image disk.dd >/dev/null
      python3 -c "
      d=bytearray(open('image.E01','rb').read()); n=open('t/a.sys','rb').read()
      i=d.find(n[150000:150016]); assert i>0; d[i]^=1; open('image.E01','wb').write(d)"
      rm disk.dd; mv image.E01 image
      """)
    let finding = try #require(scan.findings.first { $0.path == "/a.sys" })
    #expect(finding.confidence == "claimed")
    #expect(finding.sha256 == nil)
    #expect(!scan.isComplete)
    let unread = scan.medium?.unread ?? 0
    #expect(unread >= 4096 && unread <= 32_768)
    let medium = try #require(scan.medium)
    #expect(medium.size == medium.sumOfParts)
  }

  /// An E01 without one of its segments provides the content of the others.
  @Test func aSegmentThatIsMissingIsSaid() throws {
    let scan = try Scan(
      """
      mkdir t; cp $D t/a.sys; head -c 5000000 /dev/urandom >t/noise; mke2fs -q -t ext4 -b 4096 -d t disk.dd 12M
      ewfacquire -u -q -c none -S 1MiB -t $PWD/image disk.dd >/dev/null
      rm disk.dd image.E04; mv image.E01 image.x; mv image.x image.E01
      """, named: "image.E01")
    #expect(scan.findings.contains { $0.path == "/a.sys" })
    #expect(!scan.isComplete)
    #expect(!scan.problems.isEmpty)
  }

  /// An E01 that was cut off, or whose tables are damaged, gives the chunks that are there.
  @Test(arguments: [
    ("none", "d=d[:len(d)*7//10]", false), ("fast", "d=d[:len(d)*7//10]", false),
    ("none", "d[d.find(b'sectors')+76+100]^=1", false),
    ("none", "d[d.find(b'table')+3]^=1", false),
    (
      "fast", "d[d.find(b'table\\0')+76+64]^=1; d[d.find(b'table2')+76+64]^=1", true
    ),
  ]) func aDamagedE01GivesWhatIsThere(_ compression: String, _ damage: String, _ isWhole: Bool)
    throws
  {
    let scan = try Scan(
      """
      mkdir t; cp $D t/a.sys; head -c 5000000 /dev/urandom >t/noise; mke2fs -q -t ext4 -b 4096 -d t disk.dd 12M
      ewfacquire -u -q -c \(compression) -t $PWD/e disk.dd >/dev/null; rm disk.dd
      python3 -c "
      d=bytearray(open('e.E01','rb').read())
      \(damage)
      open('image','wb').write(d)"
      """)
    // Without the first chunk there is no superblock: then it is carved.
    #expect(scan.findings.contains { $0.path == "/a.sys" || $0.state == "carved" })
    #expect(scan.isComplete == isWhole, "\(scan.problems)")
  }

  /// Deleted files whose metadata an attribute list spreads over several entries are what icat gives.
  @Test func deletedFilesWithAttributeListsAreAsIcatGivesThem() throws {
    let scan = try Scan(
      """
      truncate -s 16M image; mkntfs -F -Q -q image; { cat $D; seq 90000; } >large; head -c 120 $D >small
      { printf "cp\\t$PWD/large\\ta.sys\\n"; for n in $(seq 14); do printf "cp\\t$PWD/small\\ta.sys:s$n\\n"; done; } |
        ./ntfsfill image
      n=$(ifind -n a.sys image); istat image $n | grep -q ATTRIBUTE_LIST
      printf 'rm\\ta.sys\\n' | ./ntfsfill image
      icat image $n-128 | sha256sum | cut -d ' ' -f 1 >sum
      """)
    let sum = try String(contentsOfFile: scan.folder.path + "/sum", encoding: .utf8)
    let deleted = scan.findings.filter { $0.state != "carved" }
    #expect(deleted.compactMap { $0.sha256 } == [String(sum.prefix(64))])
  }

  /// Deleted files whose runs are spread over several entries are what icat gives: those that Windows deleted keep their
  /// list, and of those that ntfs-3g deleted the list is cut.
  @Test(arguments: [
    """
    import struct
    d=bytearray(open('image','rb').read()); base=int('$n'); table=struct.unpack_from('<Q',d,48)[0]*4096
    for r in range(24,200):
      o=table+r*1024; b=struct.unpack_from('<Q',d,o+32)[0]&0xffffffffffff
      if d[o:o+4]==b'FILE' and base in (r,b):
        s,_,_,f=struct.unpack_from('<HHHH',d,o+16); struct.pack_into('<H',d,o+16,s+1)
        struct.pack_into('<H',d,o+22,f&~1)
    open('image','wb').write(d)
    """,
    "import subprocess; subprocess.run(['./ntfsfill','image'],input=b'rm\\ta.sys\\n',check=True)",
  ]) func deletedFilesInSeveralEntriesAreAsIcatGivesThem(_ deletion: String) throws {
    let scan = try Scan(
      """
      truncate -s 32M image; mkntfs -F -Q -q image; { cat $D; seq 1000000; } | head -c 6000000 >large
      seq 2000000 2900000 | head -c 6000000 >other
      printf "weave\\t4096\\t$PWD/large\\ta.sys\\t$PWD/other\\tother\\n" | ./ntfsfill image
      n=$(ifind -n a.sys image); istat image $n | grep -c '^Type: 128' | grep -q 2
      python3 -c "\(deletion)"
      icat image $n-128 | sha256sum | cut -d ' ' -f 1 >sum
      """)
    let sum = try String(contentsOfFile: scan.folder.path + "/sum", encoding: .utf8)
    let deleted = scan.findings.filter { $0.state != "carved" }
    #expect(deleted.compactMap { $0.sha256 } == [String(sum.prefix(64))])
  }

  /// A file of NTFS whose runs are cut off is scanned as far as they reach.
  @Test func whatIsLeftOfAFileIsScanned() throws {
    let scan = try Scan(
      """
      truncate -s 16M image; mkntfs -F -Q -q image; { cat $D; seq 90000; } >large
      printf "cp\\t$PWD/large\\ta.sys\\n" | ./ntfsfill image; n=$(ifind -n a.sys image)
      python3 -c "
      import struct
      d=bytearray(open('image','rb').read()); b=struct.unpack_from('<Q',d,48)[0]*4096+int('$n')*1024
      a=b+struct.unpack_from('<H',d,b+20)[0]
      while struct.unpack_from('<I',d,a)[0]!=0x80: a+=struct.unpack_from('<I',d,a+4)[0]
      # Twice the size, which the runs do not have.
      size,=struct.unpack_from('<Q',d,a+48)
      for o in (40,48,56): struct.pack_into('<Q',d,a+o,2*size)
      open('image','wb').write(d)"
      """)
    #expect(scan.findings.contains { $0.path == "/a.sys" })
    #expect(scan.problems.contains { $0.contains("bytes are there") }, "\(scan.problems)")
  }

  /// A hole of a terabyte costs nothing, in a live file or in one of an image.
  @Test func holesAreNotRead() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      "rule a { strings: $a = \"a-literal-at-the-end\" condition: $a }", to: "rules.yar")
    let script = """
      cd \(folder.path); mkdir t; printf 'MZ%0.s' $(seq 9000) >t/f
      truncate -s 1T t/f; printf a-literal-at-the-end >>t/g; truncate -s 900G t/g
      """
    try ContainerFixtures.run("bash", ["-c", script])
    let result = try Subprocess.run(
      "timeout",
      [
        "100", Command.path, "scan", "--format", "jsonl", "--signatures", rules,
        folder.path + "/t/f",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let summary = try #require(result.lines.last)
    let object = try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any]
    #expect((object?["bytes_read"] as? Int ?? .max) < 100_000_000)
    #expect(object?["complete"] as? Bool == true)
  }

  /// The answer of a scan of an image that a script makes in a folder with `ntfsfill`, from a driver, `$D`.
  private struct Scan {
    let folder: TemporaryDirectory
    let findings: [OutputRecord]
    let problems: [String]
    let isComplete: Bool
    let medium: OutputRecord.Medium?

    init(_ script: String, named name: String = "image") throws {
      folder = try TemporaryDirectory()
      let source = Fixtures.package + "/Tests/Fixtures/images/ntfsfill.c"
      try ContainerFixtures.run(
        "gcc", ["-O1", "-o", folder.path + "/ntfsfill", source, "-lntfs-3g"])
      let driver = Fixtures.positive("kaspersky_windows_driver_klif")
      try ContainerFixtures.run(
        "bash",
        [
          "-c",
          "set -e; cd \(folder.path); D=\(driver); export PATH=$PATH:/usr/sbin:/sbin\n\(script)",
        ])
      let (_, lines) = try Command.lines(folder.path + "/" + name)
      findings = lines.ofType("finding")
      problems = lines.ofType("problem").map { $0.message ?? "" }
      isComplete = lines.last?.complete ?? false
      medium = lines.last?.media?.first
    }
  }
}
