import Bytes
import Containers
import Evidence
import Foundation
import TestSupport
import Testing

@testable import FileSystems

/// Boot sectors of volumes that mkntfs makes, compared with ntfsinfo.
@Suite struct NtfsGeometryTests {
  @Test(arguments: [512, 4096, 65_536, 131_072])
  func theSizesAreThoseOfNtfsinfo(_ clusterSize: Int) throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/volume"
    try ContainerFixtures.run("truncate", ["-s", "32M", path])
    let made = try Subprocess.run(
      "mkntfs", ["-F", "-Q", "-q", "-c", "\(clusterSize)", path],
      environment: ["PATH": "/usr/sbin:/sbin:/usr/bin:/bin"])
    try #require(made.status == 0, "\(made.errors)")
    let medium = try OpenedImage(RawPath(path)).medium
    let geometry = try #require(try NtfsGeometry(medium, at: 0))
    let info = try Subprocess.run("ntfsinfo", ["-m", path]).lines
    func number(_ key: String) -> UInt64? {
      info.first { $0.contains(key + ":") }?.split(separator: " ").last.flatMap { UInt64($0) }
    }
    #expect(geometry.clusterSize == number("Cluster Size"))
    #expect(UInt64(geometry.recordSize) == number("MFT Record Size"))
    #expect(geometry.clusterCount == number("Volume Size in Clusters"))
    let table = try #require(number("LCN of Data Attribute for FILE_MFT"))
    #expect(geometry.tableOffset == table * UInt64(clusterSize))
  }

  /// Offset in the boot sector, number of bytes, and a value that no volume has.
  @Test(arguments: [
    (3, 8, 0), (11, 2, 0), (11, 2, 513), (11, 2, 8192), (13, 1, 0), (13, 1, 3), (40, 8, -1),
    (48, 8, -1), (48, 8, 1 << 40), (64, 1, 0), (64, 1, 7), (64, 1, 0x80),
  ])
  func anImplausibleBootSectorIsNone(_ offset: Int, _ count: Int, _ value: Int) throws {
    let image = try NtfsImage.shared()
    let folder = try TemporaryDirectory()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image.path)))
    withUnsafeBytes(of: Int64(value).littleEndian) {
      bytes.replaceSubrange(offset..<offset + count, with: $0.prefix(count))
    }
    let medium = try OpenedImage(RawPath(try folder.write(bytes, to: "volume"))).medium
    #expect(try NtfsGeometry(medium, at: 0) == nil)
  }
}
