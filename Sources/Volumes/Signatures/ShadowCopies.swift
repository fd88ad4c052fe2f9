import Bytes
import Containers
import Evidence

/// Shadow copies that Windows keeps in an NTFS volume: earlier versions of files. They are
/// counted, not read. (libvshadow, "Volume Shadow Snapshot (VSS)": volume header, catalog.)
enum ShadowCopies {
  /// {3808876b-c176-4e48-b7ae-04046e6cc752} in its stored byte order.
  private static let identifier: [UInt8] = [
    0x6B, 0x87, 0x08, 0x38, 0x76, 0xC1, 0x48, 0x4E, 0xB7, 0xAE, 0x04, 0x04, 0x6E, 0x6C, 0xC7, 0x52,
  ]
  private static let blockSize = 0x4000
  private static let entrySize = 128
  /// Limit of catalog blocks. Windows keeps at most 512 shadow copies per volume with two entries
  /// each: nine blocks, if no entry between them is unused. A longer chain is damage or an
  /// attack.
  private static let maximumBlocks = 64

  /// Problem to report for a volume's shadow copies; nil if there are none.
  static func problem(_ volume: VolumeBytes) throws(ImageError) -> ItemProblem? {
    let count = try count(volume)
    guard count > 0 else { return nil }
    return ItemProblem(
      .unsupported,
      "\(count) shadow \(count == 1 ? "copy" : "copies") of the volume: not scanned; mount"
        + " \(count == 1 ? "it" : "them") (vshadowmount) and scan \(count == 1 ? "its" : "their") files"
    )
  }

  /// Number of stores listed in the catalog.
  static func count(_ volume: VolumeBytes) throws(ImageError) -> Int {
    let header = try volume.bytes(at: 0x1E00, count: 56)
    guard header.count == 56, isBlock(header, recordType: 1) else { return 0 }
    var count = 0
    var next = header.withUnsafeBytes { $0.little(48, as: UInt64.self) } ?? 0
    var seen: Set<UInt64> = []
    while next != 0, seen.count < maximumBlocks, seen.insert(next).inserted {
      let block = try volume.bytes(at: next, count: blockSize)
      guard block.count == blockSize, isBlock(block, recordType: 2) else { break }
      block.withUnsafeBytes { bytes in
        for entry in stride(from: entrySize, to: blockSize, by: entrySize)
        where bytes.little(entry, as: UInt64.self) == 2 { count += 1 }
        next = bytes.little(40) ?? 0
      }
    }
    return count
  }

  /// Whether a block begins with the identifier, a version, and its type.
  private static func isBlock(_ bytes: [UInt8], recordType: UInt32) -> Bool {
    bytes.starts(with: identifier) && bytes.withUnsafeBytes { $0.little(20) } == recordType
  }
}
