import Bytes
import Containers

/// Label of an LVM2 physical volume: its identifier, and the location of its volume group's
/// description. Source: lvm2, lib/label/label.h (`struct label_header`) and
/// lib/format_text/layout.h (`pv_header`, `mda_header`, `raw_locn`).
struct LvmLabel {
  /// Identifier of the physical volume, 32 characters.
  let identifier: [UInt8]
  /// Areas that may contain the description, in bytes of the volume.
  private let areas: [Range<UInt64>]

  /// Length limit in bytes of a group's description; by default an area has one mebibyte.
  private static let maximumLength: UInt64 = 8 << 20

  /// Reads the label in the first four sectors; nil if there is none.
  init?(_ volume: VolumeBytes) throws(ImageError) {
    guard let sector = try Self.sector(of: volume) else { return nil }
    let label = try volume.bytes(at: sector, count: 512)
    guard label.count == 512 else { return nil }
    let header = Int(label.little(20, as: UInt32.self))
    guard header >= 32, header <= 512 - 40 else { return nil }
    identifier = Array(label[header..<(header + 32)])
    var areas = [Range<UInt64>]()
    var isData = true
    // Two lists, each terminated by zeros: data areas, then metadata areas.
    for place in stride(from: header + 40, through: 512 - 16, by: 16) {
      let offset = label.little(place, as: UInt64.self)
      let size = label.little(place + 8, as: UInt64.self)
      if offset == 0 {
        guard isData else { break }
        isData = false
      } else if !isData, offset < volume.length {
        areas.append(offset..<(offset + min(size, volume.length - offset)))
      }
    }
    self.areas = areas
  }

  /// Offset of the label in a volume; nil if it has none.
  static func sector(of volume: VolumeBytes) throws(ImageError) -> UInt64? {
    for sector in stride(from: 0, to: 2048, by: 512) as StrideTo<UInt64> {
      guard try volume.hold("LABELONE", at: sector), try volume.hold("LVM2 001", at: sector + 24)
      else { continue }
      return sector
    }
    return nil
  }

  /// Last committed description of the group; nil if no area has one with a correct checksum.
  func description(_ volume: VolumeBytes) throws(ImageError) -> [UInt8]? {
    for area in areas {
      if let text = try Self.text(in: area, of: volume) { return text }
    }
    return nil
  }

  private static func text(in area: Range<UInt64>, of volume: VolumeBytes) throws(ImageError)
    -> [UInt8]?
  {
    let header = try volume.bytes(at: area.lowerBound, count: 512)
    guard header.count == 512, Array(header[4..<20]) == Array(" LVM2 x[5A%r0N*>".utf8) else {
      return nil
    }
    // Its offset in the area, its length, its checksum, and a flag to ignore it.
    let offset = header.little(40, as: UInt64.self)
    let length = header.little(48, as: UInt64.self)
    let size = area.upperBound - area.lowerBound
    guard header.little(60, as: UInt32.self) & 1 == 0, offset >= 512, offset < size,
      length <= min(maximumLength, size - 512)
    else { return nil }
    let first = min(length, size - offset)
    var text = try volume.bytes(at: area.lowerBound + offset, count: Int(first))
    // The area, except its header, is a ring buffer.
    text += try volume.bytes(at: area.lowerBound + 512, count: Int(length - first))
    guard text.count == Int(length), checksum(text) == header.little(56, as: UInt32.self) else {
      return nil
    }
    return text
  }

  /// CRC-32 with a different initial value and without the final step (lvm2, lib/misc/crc.c,
  /// INITIAL_CRC).
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0xF597_A6CF) { value, byte in
      table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(UInt32(number)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}
