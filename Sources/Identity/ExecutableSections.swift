/// The section table of a PE, and the place of its resources (Microsoft PE Format, "Section Table").
struct ExecutableSections {
  /// A section: its place in memory and in the file.
  struct Section {
    let address: Int
    let raw: Range<Int>
  }

  /// Headers and section table, from the start of the file.
  let headers: Range<Int>
  /// The sections that have bytes in the file, as the table states them; they may lie beyond its end.
  private(set) var sections: [Section] = []
  /// Offset of the resource directory in the file; nil if there is none.
  private(set) var resources: Range<Int>?

  /// Limit of the sections that are read; real files have fewer than 100.
  static let maximumSections = 4096

  /// Reads the table; nil if the bytes are not a PE.
  init?(_ bytes: RawSpan) {
    guard bytes.unsigned16(at: 0) == 0x5A4D, let header = bytes.unsigned32(at: 0x3C),
      bytes.unsigned32(at: header) == 0x0000_4550, let count = bytes.unsigned16(at: header + 6),
      let optionalSize = bytes.unsigned16(at: header + 20),
      let magic = bytes.unsigned16(at: header + 24),
      let headerSize = bytes.unsigned32(at: header + 24 + 60)
    else { return nil }
    let table = header + 24 + optionalSize
    headers = 0..<max(headerSize, table + 40 * count)
    for index in 0..<min(count, Self.maximumSections) {
      let entry = table + 40 * index
      guard let address = bytes.unsigned32(at: entry + 12),
        let size = bytes.unsigned32(at: entry + 16), let offset = bytes.unsigned32(at: entry + 20)
      else { break }
      if size > 0, offset > 0 {
        sections.append(Section(address: address, raw: offset..<(offset + size)))
      }
    }
    let directory = header + 24 + (magic == 0x20B ? 112 : 96) + 8 * 2
    guard let address = bytes.unsigned32(at: directory),
      let size = bytes.unsigned32(at: directory + 4), address > 0, size > 0,
      let section = section(of: address)
    else { return }
    let start = section.raw.lowerBound + address - section.address
    resources = start..<min(start + size, section.raw.upperBound)
  }

  private func section(of address: Int) -> Section? {
    sections.first { $0.address <= address && address - $0.address < $0.raw.count }
  }

  /// File offset of an address; nil if no section contains it.
  func offset(of address: Int) -> Int? {
    section(of: address).map { $0.raw.lowerBound + address - $0.address }
  }
}
