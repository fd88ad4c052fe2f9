/// A shared object for x86-64, complete enough for libyara's `elf` module to read its sections
/// and segment.
struct ELFImage {
  /// The bytes of the file.
  let bytes: [UInt8]

  private static let names = Array("\0.text\0.rodata\0.shstrtab\0".utf8)
  private static let base: UInt64 = 0x40_0000

  /// Creates an object of about `size` bytes: three quarters code, the rest strings.
  init(size: Int, _ stock: ByteStock, _ random: inout SplitMix64) {
    let codeSize = size * 3 / 4
    let stringSize = size - codeSize
    let codeStart = 64 + 56
    let namesStart = codeStart + codeSize + stringSize
    let tableStart = (namesStart + Self.names.count + 7) / 8 * 8
    var file = Self.header(entry: codeStart, sections: tableStart)
    file += Self.segment(size: namesStart)
    stock.append(codeSize, of: .code, to: &file, &random)
    stock.append(stringSize, of: .prose, to: &file, &random)
    file += Self.names
    file.pad(to: 8)
    file += Self.section(name: 0, type: 0, flags: 0, start: 0, size: 0)
    file += Self.section(name: 1, type: 1, flags: 6, start: codeStart, size: codeSize)
    file += Self.section(
      name: 7, type: 1, flags: 2, start: codeStart + codeSize, size: stringSize)
    file += Self.section(name: 15, type: 3, flags: 0, start: namesStart, size: Self.names.count)
    bytes = file
  }

  private static func header(entry: Int, sections: Int) -> [UInt8] {
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + Array(repeating: 0, count: 8)
    header.append(littleEndian: UInt16(3))  // ET_DYN
    header.append(littleEndian: UInt16(62))  // EM_X86_64
    header.append(littleEndian: UInt32(1))
    header.append(littleEndian: base + UInt64(entry))
    header.append(littleEndian: UInt64(64))  // the segment's header follows this one
    header.append(littleEndian: UInt64(sections))
    header.append(littleEndian: UInt32(0))
    for number: UInt16 in [64, 56, 1, 64, 4, 3] { header.append(littleEndian: number) }
    return header
  }

  private static func segment(size: Int) -> [UInt8] {
    var segment = [UInt8]()
    segment.append(littleEndian: UInt32(1))  // PT_LOAD
    segment.append(littleEndian: UInt32(5))
    for number in [0, base, base, UInt64(size), UInt64(size), 0x1000] {
      segment.append(littleEndian: number)
    }
    return segment
  }

  private static func section(name: Int, type: UInt32, flags: UInt64, start: Int, size: Int)
    -> [UInt8]
  {
    var section = [UInt8]()
    section.append(littleEndian: UInt32(name))
    section.append(littleEndian: type)
    section.append(littleEndian: flags)
    section.append(littleEndian: type == 1 ? base + UInt64(start) : 0)
    section.append(littleEndian: UInt64(start))
    section.append(littleEndian: UInt64(size))
    section.append(littleEndian: UInt64(0))  // link, info
    section.append(littleEndian: UInt64(1))
    section.append(littleEndian: UInt64(0))
    return section
  }
}
