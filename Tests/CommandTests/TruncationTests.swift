import TestSupport
import Testing

/// Media that claim more than there is, or hold unapplied changes, make a scan incomplete, even where no
/// listed file is concerned.
@Suite struct TruncationTests {
  @Test(arguments: [
    ("mke2fs -q -t ext4 -b 4096 -d t i 16M; truncate -s 12M i", "missing"),
    ("truncate -s 16M i; mkntfs -F -Q -q i; ntfscp i $D a.sys; truncate -s 12M i", "missing"),
    ("mkfs.vfat -C -F 16 -s 4 i 16384; mcopy -i i $D ::A.SYS; truncate -s 12M i", "missing"),
    ("truncate -s 320M i; mkfs.xfs -q i; truncate -s 300M i", "missing"),
    (
      "truncate -s 400M i; truncate -s 128M l; mkfs.xfs -q -l logdev=l,size=64m i", "another device"
    ),
    ("mke2fs -q -t ext4 -b 4096 -d t i 16M; debugfs -w -R 'feature +needs_recovery' i", "journal"),
    (
      "mke2fs -q -t ext4 -b 4096 -d t r 16M; qemu-img convert -O qcow2 r i; qemu-img snapshot -c s i; rm r",
      "snapshot"
    ),
    (
      """
      mke2fs -q -t ext4 -b 4096 -d t r 16M; qemu-img convert -O vpc -o subformat=fixed,force_size=on r v
      { head -c 12M v; tail -c 512 v; } >i; rm r v
      """, "missing"
    ),
    (
      """
      mke2fs -q -t ext4 -b 4096 -d t disk.dd 8M; truncate -s 16M disk.dd; ewfacquire -u -q -f encase6 -t $PWD/e disk.dd >/dev/null
      python3 -c "
      import struct,zlib
      z=bytearray(open('e.E01','rb').read()); b=z.find(b'volume\\0')+76
      struct.pack_into('<I',z,b+4,struct.unpack_from('<I',z,b+4)[0]//2)
      struct.pack_into('<Q',z,b+16,struct.unpack_from('<Q',z,b+16)[0]//2)
      struct.pack_into('<I',z,b+1048,zlib.adler32(bytes(z[b:b+1048]))); open('i','wb').write(z)"
      """, "chunks"
    ),
  ])
  func itIsSaid(_ script: String, _ words: String) throws {
    let folder = try TemporaryDirectory()
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run(
      "bash",
      [
        "-c",
        """
        set -e; cd \(folder.path); D=\(driver); export PATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1
        mkdir t; cp $D t/a.sys
        { \(script)
        } >/dev/null 2>&1
        """,
      ])
    let (status, lines) = try Command.lines("--as", "image", folder.path + "/i")
    #expect(lines.last?.complete == false)
    #expect(status == 1 || status == 3)
    let messages = lines.ofType("problem").map { $0.message ?? "" }
    #expect(messages.contains { $0.contains(words) }, "\(messages)")
  }

  /// Containers without their end report the missing bytes of the medium, and provide the others.
  @Test(
    arguments: [
      "vdi", "vdi -o static=on", "parallels", "qcow2", "qcow", "vmdk", "vpc -o force_size=on",
      "vhdx -o block_size=1M", "vmdk -o subformat=monolithicFlat",
      "vpc -o subformat=fixed,force_size=on",
    ], [[], ["--unallocated", "none"]])
  func aContainerThatWasCutSaysWhatIsMissing(_ format: String, _ options: [String]) throws {
    let folder = try TemporaryDirectory()
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run(
      "bash",
      [
        "-c",
        """
        set -e; cd \(folder.path); export PATH=$PATH:/usr/sbin:/sbin; mkdir t
        cp \(driver) t/a.sys; head -c 12M /dev/urandom >t/noise; mke2fs -q -t ext4 -b 4096 -d t r 20M
        qemu-img convert -f raw -O \(format) r image.vhd; rm -r t r
        for f in *; do s=$(stat -c %s $f); (( s < 100000 )) || truncate -s $((s / 10 * 7)) $f; done
        """,
      ])
    let result = try Subprocess.run(
      Command.path,
      ["scan", "--format", "jsonl", "--as", "image"] + options + [folder.path + "/image.vhd"])
    let lines = try OutputRecord.all(in: result.lines)
    #expect(lines.last?.complete == false)
    #expect(lines.ofType("finding").map(\.path) == ["/a.sys"])
    let problems = lines.ofType("problem")
    let said = problems.filter { ($0.message ?? "").contains("missing") }
    #expect(said.contains { $0.reason == "truncated" }, "\(problems.map { $0.message ?? "" })")
  }
}
