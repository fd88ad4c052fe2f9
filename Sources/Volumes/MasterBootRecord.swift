import Bytes
import Containers

/// The four entries of a master boot record, where The Sleuth Kit refuses the table for one of them: it lies behind the
/// end of a cut image, or is odd. Source: UEFI Specification, 5.2.1, "Legacy Master Boot Record".
enum MasterBootRecord {
  /// Entries that make sense, none of them an extended partition or the protection of a GPT; empty without a table.
  static func entries(_ medium: any Medium) throws(ImageError) -> [VolumeEntry] {
    let sector = try medium.bytes(at: 0, count: 512)
    guard isTable(sector, mediumSize: medium.size) else { return [] }
    return places.compactMap { place in
      guard let (start, length) = range(sector, place) else { return nil }
      let type = sector[place + 4]
      guard ![0x05, 0x0F, 0x85, 0xEE].contains(type) else { return nil }
      return VolumeEntry(
        start: start, length: length, label: "partition of type 0x" + String(type, radix: 16))
    }
  }

  /// Whether a sector is a table: one entry lies in the medium, or all are well-formed, as in an image that was cut.
  static func isTable(_ sector: [UInt8], mediumSize: UInt64) -> Bool {
    guard sector.count >= 512, sector[510] == 0x55, sector[511] == 0xAA else { return false }
    let ranges = places.compactMap { range(sector, $0) }
    let isClean = places.allSatisfy { place in
      sector[place..<(place + 16)].allSatisfy { $0 == 0 } || range(sector, place) != nil
    }
    return ranges.contains { $0.start < mediumSize } || isClean && !ranges.isEmpty
  }

  private static let places = [446, 462, 478, 494]

  /// The bytes of an entry that has a type, a flag of 0 or 0x80, a start and a length; nil for another.
  private static func range(_ sector: [UInt8], _ place: Int) -> (start: UInt64, length: UInt64)? {
    let (start, count) = sector.withUnsafeBytes { bytes in
      (
        bytes.little(place + 8, as: UInt32.self) ?? 0,
        bytes.little(place + 12, as: UInt32.self) ?? 0
      )
    }
    guard sector[place] & 0x7F == 0, sector[place + 4] != 0, start > 0, count > 0 else {
      return nil
    }
    return (UInt64(start) * 512, UInt64(count) * 512)
  }
}
