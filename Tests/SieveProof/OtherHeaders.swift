/// Minimal files of other systems that libyara's modules accept.
enum OtherHeaders {
  /// An ELF of 64 or 32 bits with one segment.
  static func elf(is64: Bool) -> [UInt8] {
    var layout = Layout()
    layout.put([0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, 1, 1], at: 0)
    layout.put(2, 2, at: 16)
    layout.put(is64 ? 62 : 3, 2, at: 18)
    layout.put(1, 4, at: 20)
    if is64 {
      layout.putPair(0x400080, 0, at: 24)
      layout.put(64, 8, at: 32)
      for (place, value) in [(52, 64), (54, 56), (56, 1), (58, 64)] {
        layout.put(value, 2, at: place)
      }
      layout.put(1, 4, at: 64)
      layout.put(0x400000, 8, at: 80)
      for place in [96, 104] { layout.put(0x1000, 8, at: place) }
      layout.put(0, 8, at: 112)
    } else {
      layout.put(0x400060, 4, at: 24)
      layout.put(52, 4, at: 28)
      for (place, value) in [(40, 52), (42, 32), (44, 1), (46, 40)] {
        layout.put(value, 2, at: place)
      }
      layout.put(1, 4, at: 52)
      for place in [60, 64] { layout.put(0x400000, 4, at: place) }
      for place in [68, 72] { layout.put(0x1000, 4, at: place) }
      layout.put(0, 4, at: 80)
    }
    return layout.bytes
  }

  /// A Mach-O header, with a segment if `segment` is given.
  static func machO(is64: Bool, isBigEndian: Bool, segment: String? = nil) -> [UInt8] {
    let size: UInt32 = is64 ? 72 : 56
    let commands: (count: UInt32, size: UInt32) = segment == nil ? (0, 0) : (1, size)
    let words: [UInt32] = [
      is64 ? 0xFEED_FACF : 0xFEED_FACE, is64 ? 0x0100_0007 : 7, 3, 2, commands.count,
      commands.size, 0x85, 0,
    ]
    let header = words.prefix(is64 ? 8 : 7).flatMap { bytes(of: $0, isBigEndian: isBigEndian) }
    guard let segment else { return header }
    var layout = Layout(bytes: header)
    for word in [is64 ? 0x19 : 1, size] {
      layout.bytes += bytes(of: word, isBigEndian: isBigEndian)
    }
    let name = Array(segment.utf8.prefix(16))
    layout.put(name, at: layout.bytes.count)
    layout.put([UInt8](repeating: 0, count: 16 - name.count), at: layout.bytes.count)
    layout.put([UInt8](repeating: 0, count: Int(size) - 24), at: layout.bytes.count)
    return layout.bytes
  }

  /// A universal file with one architecture.
  static func universal(segment: String) -> [UInt8] {
    let inner = machO(is64: true, isBigEndian: false, segment: segment)
    let words: [UInt32] = [0xCAFE_BABE, 1, 0x0100_0007, 3, 64, UInt32(inner.count), 6]
    let head = words.flatMap { bytes(of: $0, isBigEndian: true) }
    return head + [UInt8](repeating: 0, count: 64 - head.count) + inner
  }

  private static func bytes(of word: UInt32, isBigEndian: Bool) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? word.bigEndian : word.littleEndian) { Array($0) }
  }
}
