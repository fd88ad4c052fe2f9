import Bytes
import Containers

/// Sizes and offsets in the boot sector of an NTFS volume. Source: the BIOS parameter block as
/// libfsntfs documents it ("NTFS metadata files and attributes", volume header).
struct NtfsGeometry {
  /// Size of a cluster in bytes, 256 to 2 MiB.
  let clusterSize: UInt64
  /// Size of an entry of the master file table in bytes.
  let recordSize: Int
  /// Offset of the master file table in bytes from the start of the image.
  let tableOffset: UInt64
  /// Number of clusters in the volume.
  let clusterCount: UInt64
  /// Offset in bytes of the volume in the image.
  let start: UInt64

  /// Reads the boot sector; nil if it is not that of NTFS, or implausible.
  init?(_ image: any Medium, at start: UInt64) throws(ImageError) {
    let sector = try image.bytes(at: start, count: 512)
    let numbers: Numbers? = sector.withUnsafeBytes { boot in
      guard boot.count == 512, boot[3..<11].elementsEqual("NTFS    ".utf8),
        let bytesPerSector = boot.little(11, as: UInt16.self),
        let sectors = boot.little(40, as: UInt64.self), sectors <= 1 << 52,
        let tableCluster = boot.little(48, as: UInt64.self)
      else { return nil }
      // Values above 128 are negative powers of two, as for entry sizes.
      let perCluster = boot[13] > 0x80 ? 1 << (256 - UInt64(boot[13])) : UInt64(boot[13])
      guard bytesPerSector >= 256, bytesPerSector <= 4096, bytesPerSector.nonzeroBitCount == 1,
        perCluster > 0, perCluster.nonzeroBitCount == 1, perCluster <= 1 << 16
      else { return nil }
      let cluster = UInt64(bytesPerSector) * perCluster
      let size = Int8(bitPattern: boot[64])
      let record = size > 0 ? UInt64(size) * cluster : 1 << UInt64(-Int(size))
      guard cluster <= 1 << 26, size != 0, (512...65_536).contains(record),
        record.nonzeroBitCount == 1
      else { return nil }
      let (table, overflow) = tableCluster.multipliedReportingOverflow(by: cluster)
      return overflow
        ? nil
        : Numbers(
          cluster: cluster, record: Int(record), table: table, clusters: sectors / perCluster)
    }
    guard let numbers else { return nil }
    let (place, overflow) = numbers.table.addingReportingOverflow(start)
    guard !overflow, place < image.size else { return nil }
    // A truncated image has fewer; none has more.
    clusterCount = min(numbers.clusters, (image.size - start) / numbers.cluster + 1)
    clusterSize = numbers.cluster
    recordSize = numbers.record
    tableOffset = place
    self.start = start
  }

  private struct Numbers {
    let cluster: UInt64
    let record: Int
    let table: UInt64
    let clusters: UInt64
  }
}
