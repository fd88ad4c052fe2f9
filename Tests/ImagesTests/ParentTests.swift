import Bytes
import Containers
import Evidence
import Foundation
import Images
import TestSupport
import Testing

/// Bytes that an image lacks are read from its parent; a missing parent is named.
@Suite struct ParentTests {
  private let folder: TemporaryDirectory
  private var raw: [UInt8]

  init() throws {
    folder = try TemporaryDirectory()
    // Each sector of another byte, none of zeros.
    raw = []
    for sector in 0..<16_384 {
      raw += [UInt8](repeating: UInt8(truncatingIfNeeded: sector &* 7) | 1, count: 512)
    }
    try folder.write(raw, to: "raw.img")
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func qemu(_ arguments: String...) throws {
    let result = try Subprocess.run("qemu-img", arguments, in: folder.path)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
  }

  /// Writes to an image and to its expected content.
  private mutating func write(
    _ value: UInt8, _ range: Range<Int>, to name: String, _ format: String
  )
    throws
  {
    let result = try Subprocess.run(
      "qemu-io",
      ["-f", format, "-c", "write -P \(value) \(range.lowerBound) \(range.count)", name],
      in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    raw.replaceSubrange(range, with: [UInt8](repeating: value, count: range.count))
  }

  private func failure(_ name: String) -> String {
    do {
      _ = try OpenedImage(RawPath(path(name)))
      return "opened"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["qcow2", "qcow", "vmdk"])
  mutating func aChainIsWhatWasWrittenLast(_ format: String) throws {
    try qemu("convert", "-f", "raw", "-O", format, "raw.img", "base." + format)
    for level in 1...3 {
      let below = level == 1 ? "base." + format : "level\(level - 1)." + format
      let name = "level\(level)." + format
      try qemu("create", "-f", format, "-b", below, "-F", format, name)
      try write(
        UInt8(0x10 * level), level * 1_000_000..<level * 1_000_000 + 300_000, to: name, format)
    }
    let medium = try TestImage(path("level3." + format))
    #expect(try medium.isIdentical(to: Data(raw)))
    #expect(medium.promisesHold(in: Data(raw), seed: 3))
    let files = ["level3", "level2", "level1", "base"].map { RawPath(path($0 + "." + format)) }
    #expect(medium.image.files == files)
    #expect(ImageSource.files(of: files[0]) == files)
    // A parent is a separate disk, and may be scanned by itself.
    #expect(ImageSource.parts(of: files[0]) == [files[0]])
    // Without the lowest one, its name is reported.
    try FileManager.default.removeItem(atPath: path("base." + format))
    #expect(failure("level3." + format).contains("base.\(format) is missing"))
    let description = try ImageDescription(files[0])
    #expect(description.problem?.reason == .unreadable)
    #expect(description.files.count == 3)
    // Without the parent's changes, the content never existed.
    try qemu("create", "-f", format, "base." + format, "8M")
    if format == "vmdk" { #expect(failure("level3.vmdk").contains("another disk")) }
  }

  @Test mutating func aRawBackingFileIsRawWhateverItsBytesAre() throws {
    raw.replaceSubrange(0..<8, with: [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3])
    try folder.write(raw, to: "raw.img")
    try qemu("create", "-f", "qcow2", "-b", "raw.img", "-F", "raw", "top.qcow2")
    try write(9, 70_000..<80_000, to: "top.qcow2", "qcow2")
    #expect(try TestImage(path("top.qcow2")).isIdentical(to: Data(raw)))
  }

  @Test mutating func partsOfClustersCanBeTheParents() throws {
    try qemu(
      "create", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=64k", "-b", "raw.img", "-F",
      "raw",
      "top.qcow2")
    try write(9, 4096..<8192, to: "top.qcow2", "qcow2")
    try write(8, 1_000_960..<1_001_984, to: "top.qcow2", "qcow2")
    try ContainerFixtures.run(
      "qemu-io", ["-f", "qcow2", "-c", "write -z 2M 6k", path("top.qcow2")])
    for index in 2 << 20..<(2 << 20) + 6144 { raw[index] = 0 }
    #expect(try TestImage(path("top.qcow2")).isIdentical(to: Data(raw)))
  }

  @Test mutating func zerosHideTheParent() throws {
    try qemu("create", "-f", "qcow2", "-b", "raw.img", "-F", "raw", "top.qcow2")
    try ContainerFixtures.run(
      "qemu-io", ["-f", "qcow2", "-c", "write -z 1M 1M", path("top.qcow2")])
    raw.replaceSubrange(1 << 20..<2 << 20, with: [UInt8](repeating: 0, count: 1 << 20))
    let medium = try TestImage(path("top.qcow2"))
    #expect(try medium.isIdentical(to: Data(raw)))
    #expect(medium.image.medium.zeros(from: 1 << 20) == 1 << 20)
  }

  @Test func whatIsBehindTheEndOfAShorterParentIsZeros() throws {
    try qemu("create", "-f", "qcow2", "-b", "raw.img", "-F", "raw", "top.qcow2", "20M")
    let medium = try TestImage(path("top.qcow2"))
    #expect(medium.size == 20 << 20)
    #expect(try medium.isIdentical(to: Data(raw)))
  }

  @Test mutating func dataCanBeInAFileOfItsOwn() throws {
    try qemu("create", "-f", "qcow2", "-o", "data_file=data.bin", "top.qcow2", "8M")
    raw = [UInt8](repeating: 0, count: 8 << 20)
    try write(5, 0..<200_000, to: "top.qcow2", "qcow2")
    try write(6, 5_000_000..<5_100_000, to: "top.qcow2", "qcow2")
    let medium = try TestImage(path("top.qcow2"))
    #expect(try medium.isIdentical(to: Data(raw)))
    #expect(medium.image.files.map(\.lastComponent) == ["top.qcow2", "data.bin"])
    try FileManager.default.removeItem(atPath: path("data.bin"))
    #expect(failure("top.qcow2").contains("its data file data.bin is missing"))
  }

  @Test func anImageThatIsItsOwnParentIsRefused() throws {
    try qemu("create", "-f", "qcow2", "-b", "raw.img", "-F", "raw", "a.qcow2")
    try qemu("create", "-f", "qcow2", "-b", "a.qcow2", "-F", "qcow2", "b.qcow2")
    try qemu("rebase", "-u", "-b", "b.qcow2", "-F", "qcow2", "a.qcow2")
    #expect(failure("a.qcow2").contains("part of itself"))
    try qemu("rebase", "-u", "-b", "a.qcow2", "-F", "qcow2", "a.qcow2")
    #expect(failure("a.qcow2").contains("part of itself"))
  }

  @Test func chainsThatAreTooLongAreRefused() throws {
    try qemu("create", "-f", "qcow2", "0.qcow2", "1M")
    for level in 1...66 {
      try qemu(
        "create", "-f", "qcow2", "-u", "-b", "\(level - 1).qcow2", "-F", "qcow2", "\(level).qcow2",
        "1M")
    }
    #expect(try TestImage(path("64.qcow2")).isIdentical(to: Data(count: 1 << 20)))
    #expect(failure("66.qcow2").contains("more than 64 parents"))
  }

  @Test func filesThatAreNotEvidenceAreNotOpened() throws {
    try qemu("create", "-f", "qcow2", "-b", "raw.img", "-F", "raw", "a.qcow2")
    for name in ["/etc/passwd", "/dev/zero", "nbd://host/x", "json:{}", "..", "/"] {
      try qemu("rebase", "-u", "-b", name, "-F", "raw", "a.qcow2")
      #expect(failure("a.qcow2").contains("missing"), "\(name)")
    }
    try ContainerFixtures.run("mkfifo", [path("pipe")])
    try qemu("rebase", "-u", "-b", "pipe", "-F", "raw", "a.qcow2")
    #expect(failure("a.qcow2").contains("not a regular file"))
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func differencingDisksOfWindowsFindTheirParents() throws {
    let shared = try #require(SharedImages.folder)
    let images = shared + "/log2timeline+dfvfs"
    let medium = try TestImage(images + "/image-differential.vhd")
    #expect(medium.words.hasPrefix("VHD (differencing)"))
    #expect(medium.image.files.count == 2)
    let parent = try TestImage(images + "/image.vhd")
    #expect(medium.size == parent.size)
    // Alone it is unreadable, and the missing file is named.
    try FileManager.default.copyItem(
      atPath: images + "/image-differential.vhd", toPath: path("image-differential.vhd"))
    #expect(failure("image-differential.vhd").contains("its parent"))
    #expect(failure("image-differential.vhd").contains("missing"))
    // A different disk with the parent's name is not used.
    try FileManager.default.copyItem(
      atPath: images + "/ext2.vhd", toPath: path("image.vhd"))
    #expect(failure("image-differential.vhd").contains("another disk"))
  }
}
