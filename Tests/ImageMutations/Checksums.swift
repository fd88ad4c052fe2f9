/// Recomputes checksums: damage that a reader rejects by checksum tests nothing behind it.
enum Checksums {
  static func renew(in file: DamagedFile, _ places: Places) {
    let head = file.bytes(at: 0, count: 8)
    if head.elementsEqual("vhdxfile".utf8) { renewVhdx(file) }
    if head.starts(with: "EVF".utf8) { renewEwf(file) }
    for place in [0, 512, 1536, places.size - 512] where place >= 0 { renewVhd(file, place) }
  }

  /// Headers and region tables: CRC-32C at byte 4.
  private static func renewVhdx(_ file: DamagedFile) {
    for (place, length) in [(65536, 4096), (131_072, 4096), (196_608, 65536), (262_144, 65536)] {
      var bytes = file.bytes(at: place, count: length)
      guard bytes.count == length else { return }
      let before = Array(bytes[4..<8])
      bytes.replaceSubrange(4..<8, with: [0, 0, 0, 0])
      let after = number(crc32c(bytes), 4)
      if after != before { file.write(after, at: place + 4) }
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
  }

  private static func crc32c(_ bytes: [UInt8]) -> UInt32 {
    let table = table
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }

  /// Section descriptors of 76 bytes, each with the offset of the next: Adler-32 behind the first
  /// 72 bytes.
  private static func renewEwf(_ file: DamagedFile) {
    var place = 13
    for _ in 0..<100 {
      let bytes = file.bytes(at: place, count: 76)
      guard bytes.count == 76 else { return }
      let (a, b) = bytes[..<72].reduce((UInt32(1), UInt32(0))) { sums, byte in
        let first = (sums.0 + UInt32(byte)) % 65_521
        return (first, (sums.1 + first) % 65_521)
      }
      let sum = number(b << 16 | a, 4)
      if sum != Array(bytes[72...]) { file.write(sum, at: place + 72) }
      let next = bytes[16..<24].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard next > UInt64(place), next < UInt64(file.size) else { return }
      place = Int(next)
    }
  }

  /// Footer of a VHD with its copy, and the header of a dynamic one: complement of the sum of the
  /// bytes.
  private static func renewVhd(_ file: DamagedFile, _ place: Int) {
    let name = file.bytes(at: place, count: 8)
    let (length, field): (Int, Int)
    switch String(decoding: name, as: UTF8.self) {
    case "conectix": (length, field) = (512, 64)
    case "cxsparse": (length, field) = (1024, 36)
    default: return
    }
    var bytes = file.bytes(at: place, count: length)
    guard bytes.count == length else { return }
    let before = Array(bytes[field..<field + 4])
    bytes.replaceSubrange(field..<field + 4, with: [0, 0, 0, 0])
    let sum = bytes.reduce(UInt32(0)) { $0 + UInt32($1) }
    let after = Array(number(~sum, 4).reversed())
    if after != before { file.write(after, at: place + field) }
  }

  private static func number(_ value: UInt32, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt32($0 * 8)) }
  }
}
