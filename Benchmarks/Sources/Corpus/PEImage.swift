/// A Windows program for x64, complete enough for libyara's `pe` module to read its headers and
/// sections.
struct PEImage {
  /// Subsystem of the program.
  enum Subsystem: UInt16 {
    case native = 1
    case windows = 2
  }

  /// The bytes of the file.
  let bytes: [UInt8]

  private static let alignment = 0x200
  private static let page = 0x1000

  /// Creates a program of about `size` bytes: three quarters code, then `text` as wide
  /// characters, then strings.
  init(
    size: Int, _ subsystem: Subsystem, text: String = "", _ stock: ByteStock,
    _ random: inout SplitMix64
  ) {
    var code = [UInt8]()
    stock.append(size * 3 / 4, of: .code, to: &code, &random)
    code.pad(to: Self.alignment)
    var data = [UInt8]()
    data.append(wide: text)
    stock.append(size / 4, of: .prose, to: &data, &random)
    data.pad(to: Self.alignment)

    let dataAddress = Self.page + Self.pages(code.count)
    var file = Self.dosHeader()
    file += Self.coffHeader(isLibrary: subsystem == .windows && random.below(2) == 0)
    file += Self.optionalHeader(
      subsystem, codeSize: code.count, dataSize: data.count,
      imageSize: dataAddress + Self.pages(data.count))
    file += Self.section(".text", address: Self.page, start: 0x200, code.count, 0x6000_0020)
    file += Self.section(
      ".rdata", address: dataAddress, start: 0x200 + code.count, data.count, 0x4000_0040)
    file.pad(to: Self.alignment)
    bytes = file + code + data
  }

  private static func pages(_ count: Int) -> Int { (count + page - 1) / page * page }

  private static func dosHeader() -> [UInt8] {
    var header: [UInt8] = [0x4D, 0x5A] + Array(repeating: 0, count: 58)
    header.append(littleEndian: UInt32(0x80))  // where the PE header is
    header += Array("This program cannot be run in DOS mode.\r\r\n$".utf8)
    header.pad(to: 0x80)
    return header
  }

  private static func coffHeader(isLibrary: Bool) -> [UInt8] {
    var header: [UInt8] = [0x50, 0x45, 0, 0]
    header.append(littleEndian: UInt16(0x8664))
    header.append(littleEndian: UInt16(2))  // sections
    header.append(littleEndian: UInt32(0x5F00_0000))  // a fixed date
    header.append(littleEndian: UInt64(0))
    header.append(littleEndian: UInt16(240))  // size of the optional header
    header.append(littleEndian: UInt16(isLibrary ? 0x2022 : 0x0022))
    return header
  }

  private static func optionalHeader(
    _ subsystem: Subsystem, codeSize: Int, dataSize: Int, imageSize: Int
  ) -> [UInt8] {
    var header = [UInt8]()
    header.append(littleEndian: UInt16(0x20B))
    header.append(littleEndian: UInt16(0x000E))  // linker 14.0
    for number in [codeSize, dataSize, 0, page, page] {
      header.append(littleEndian: UInt32(number))
    }
    header.append(littleEndian: UInt64(0x1_4000_0000))
    header.append(littleEndian: UInt32(page))
    header.append(littleEndian: UInt32(alignment))
    for number: UInt16 in [10, 0, 0, 0, 10, 0, 0, 0] { header.append(littleEndian: number) }
    for number in [imageSize, 0x200, 0] { header.append(littleEndian: UInt32(number)) }
    header.append(littleEndian: subsystem.rawValue)
    header.append(littleEndian: UInt16(0x8160))
    for number: UInt64 in [0x10_0000, 0x1000, 0x10_0000, 0x1000] {
      header.append(littleEndian: number)
    }
    header.append(littleEndian: UInt32(0))
    header.append(littleEndian: UInt32(16))
    return header + Array(repeating: 0, count: 16 * 8)  // no data directories
  }

  private static func section(
    _ name: String, address: Int, start: Int, _ size: Int, _ flags: UInt32
  ) -> [UInt8] {
    var section = Array(name.utf8)
    section.pad(to: 8)
    for number in [size, address, size, start, 0, 0, 0] {
      section.append(littleEndian: UInt32(number))
    }
    section.append(littleEndian: flags)
    return section
  }
}
