import Bytes
import Evidence
import Foundation
import Images
import TestSupport
import Testing

/// A defect of a container is reported with its file; missing bytes are never taken for zeros.
@Suite struct DamagedContainerTests {
  private static let raw =
    (try? Data(contentsOf: URL(fileURLWithPath: ImageFixture.disk), options: .alwaysMapped))
    ?? Data()

  @Test(arguments: ContainerFixtures.formats)
  func aFileThatIsCutOffFailsOrReadsTheTruth(_ format: ContainerFixtures.Format) throws {
    let folder = try TemporaryDirectory()
    let whole = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
    // The largest file holds the data.
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let file = try #require(
      names.map { folder.path + "/" + $0 }.max { Self.size(of: $0) < Self.size(of: $1) })
    for tenths in [9, 5, 1] {
      try ContainerFixtures.run(
        "truncate", ["-s", "\(Self.size(of: file) * tenths / 10)", file])
      guard let medium = try? TestImage(whole) else { continue }
      // A fixed VHD without its footer looks like a raw image that has lost its end.
      guard medium.size == Self.raw.count else { continue }
      var failures = 0
      for offset in stride(from: 0, to: medium.size, by: 1 << 20) {
        do {
          let bytes = try medium.bytes(offset, 1 << 20)
          #expect(bytes == Self.raw[offset..<min(Self.raw.count, offset + 1 << 20)], "\(format)")
        } catch {
          failures += 1
          #expect("\(error)".contains(folder.path), "\(error)")
        }
      }
      #expect(failures > 0, "\(format), \(tenths)")
    }
  }

  private static func size(of path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  @Test func aContainerThatWasSplitIsNotTakenForARawImage() throws {
    let folder = try TemporaryDirectory()
    for name in ["v3.qcow2", "fixed.vhd"] {
      let format = try #require(ContainerFixtures.formats.first { $0.name == name })
      let path = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
      try ContainerFixtures.run(
        "split", ["-b", "20M", "-d", "-a", "3", "--numeric-suffixes=1", path, path + "."])
      let description = try ImageDescription(RawPath(path + ".001"))
      #expect(description.problem?.reason == .unsupported)
      #expect(description.problem?.message.contains("join its files") == true)
      #expect(description.volumes.isEmpty)
    }
  }

  @Test func anExtentThatIsMissingIsNamed() throws {
    let folder = try TemporaryDirectory()
    for name in ["flat.vmdk", "extents-sparse.vmdk"] {
      let format = try #require(ContainerFixtures.formats.first { $0.name == name })
      let path = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
      let extent = try #require(ImageSource.files(of: RawPath(path)).last)
      try FileManager.default.removeItem(atPath: extent.shown)
      let description = try ImageDescription(RawPath(path))
      #expect(description.container == "VMDK")
      #expect(description.problem?.reason == .unreadable)
      #expect(description.problem?.message.contains(extent.lastComponent.shown) == true)
      #expect(description.problem?.message.contains("missing") == true)
    }
  }

  @Test func hostileNumbersAreErrorsAndAllocateNothing() throws {
    let folder = try TemporaryDirectory()
    for format in ContainerFixtures.formats where !format.name.contains("fixed") {
      let raw = try folder.write(Array(repeating: 0, count: 1 << 20), to: "raw")
      let path = try ContainerFixtures.make(format, of: raw, in: folder.path)
      let original = try Data(contentsOf: URL(fileURLWithPath: path))
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      // Every number of the headers, at both ends of the file.
      let end = original.count
      for place in Array(stride(from: 0, to: min(512, end), by: 4))
        + Array(stride(from: max(0, end - 512), to: end, by: 4))
      {
        for value in [UInt8(0xFF), 0x7F] {
          let count = min(4, end - place)
          try Self.write(Data(repeating: value, count: count), to: file, at: place)
          if let medium = try? TestImage(path) {
            for offset in [0, medium.size / 2, max(0, medium.size - 1000)] {
              _ = try? medium.bytes(offset, 5000)
              _ = medium.image.medium.zeros(from: UInt64(offset))
            }
          }
          try Self.write(original[place..<(place + count)], to: file, at: place)
        }
      }
    }
  }

  private static func write(_ data: Data, to file: FileHandle, at place: Int) throws {
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: data)
  }

  @Test func extentsOfAKindThatCannotBeReadAreNamed() throws {
    let folder = try TemporaryDirectory()
    for type in ["SESPARSE", "VMFSRDM", "VMFSRAW"] {
      try folder.write("x", to: "disk-x.vmdk")
      let path = try folder.write(
        """
        # Disk DescriptorFile
        version=1
        CID=fffffffe
        parentCID=ffffffff
        createType="vmfs"
        RW 2048 \(type) "disk-x.vmdk"
        """, to: "disk.vmdk")
      let problem = try ImageDescription(RawPath(path)).problem
      #expect(problem?.reason == .unsupported)
      #expect(problem?.message.contains(type) == true)
    }
  }

  @Test func descriptorsOfSeveralKindsOfExtents() throws {
    let folder = try TemporaryDirectory()
    try folder.write([UInt8](repeating: 7, count: 4096), to: "disk-flat.vmdk")
    let path = try folder.write(
      "# Disk DescriptorFile\r\nversion = 1\r\nCID = 1\r\nparentCID = ffffffff\r\n"
        + "RW 2 FLAT \"disk-flat.vmdk\" 1 \"b7e5\" \"a partition\"\r\nRW 3 ZERO\r\n"
        + "RDONLY 1 VMFS \"C:\\VMs\\disk-flat.vmdk\" 0\r\n# RW 9 FLAT \"no\"\r\n",
      to: "disk.vmdk")
    let medium = try TestImage(path)
    #expect(medium.size == 6 * 512)
    let seven = Data(repeating: 7, count: 1024)
    #expect(try medium.bytes(0, 5000) == seven + Data(count: 1536) + seven.prefix(512))
    #expect(medium.image.files.count == 2)
    #expect(medium.image.medium.zeros(from: 1024) == 1536)
  }
}
