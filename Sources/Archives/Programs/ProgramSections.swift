import Bytes

/// The section table of a program in its first bytes: what of the file is its own, and where its resources are
/// (Microsoft PE Format, "Section Table" and "Optional Header Data Directories"). `Identity` has a reader of
/// whole files in memory; this one reads a few bytes of files of any size.
struct ProgramSections {
  /// A section: its address in memory, and its bytes in the file as the table states them.
  struct Section {
    let address: UInt64
    let raw: Range<UInt64>
  }

  private(set) var sections: [Section] = []
  /// Address of the resource directory.
  private let resourceAddress: UInt64

  /// Reads the table; nil if it is not whole in `head`.
  init?(_ head: RawSpan) {
    guard let header = ProgramHeader(head), header.resourceAddress > 0 else { return nil }
    resourceAddress = header.resourceAddress
    for index in 0..<header.sectionCount {
      guard let address: UInt32 = head.little(header.table + 40 * index + 12),
        let raw = header.raw(head, section: index)
      else { return nil }
      if !raw.isEmpty { sections.append(Section(address: UInt64(address), raw: raw)) }
    }
  }

  /// Bytes of the file from this address to the end of its section; nil if no section contains it.
  func range(from address: UInt64) -> Range<UInt64>? {
    for section in sections where section.address <= address {
      let offset = address - section.address
      if offset < UInt64(section.raw.count) {
        return (section.raw.lowerBound + offset)..<section.raw.upperBound
      }
    }
    return nil
  }

  /// Bytes of the file in which the resource directory begins.
  var resources: Range<UInt64>? { range(from: resourceAddress) }
}

/// The fields of a program's headers that say what it holds.
struct ProgramHeader {
  /// Offset of the section table.
  let table: Int
  let sectionCount: Int
  /// Address of the resource directory; 0 if there is none.
  let resourceAddress: UInt64
  /// Offset of the certificates in the file; 0 if there are none.
  let certificates: UInt64

  /// Limit of the sections: Windows loads no program with more.
  private static let mostSections = 96

  /// Reads the headers; nil if they are those of no program, or do not fit into `head`.
  init?(_ head: RawSpan) {
    guard head.begins(with: [0x4D, 0x5A]), let start: UInt32 = head.little(0x3C),
      head.little(Int(start)) == UInt32(0x4550),
      let count: UInt16 = head.little(Int(start) + 6), count <= Self.mostSections,
      let length: UInt16 = head.little(Int(start) + 20)
    else { return nil }
    let optional = Int(start) + 24
    let table = optional + Int(length)
    sectionCount = Int(count)
    let directories = optional + (head.little(optional) == UInt16(0x20B) ? 112 : 96)
    let directoryCount = head.little(directories - 4, as: UInt32.self) ?? 0
    func directory(_ index: Int) -> UInt64 {
      guard index < directoryCount, directories + 8 * index + 8 <= table else { return 0 }
      return head.little(directories + 8 * index, as: UInt32.self).map(UInt64.init) ?? 0
    }
    self.table = table
    resourceAddress = directory(2)
    certificates = directory(4)
  }

  /// Bytes of a section in the file; nil if the table is not whole in `head`.
  func raw(_ head: RawSpan, section: Int) -> Range<UInt64>? {
    guard let size: UInt32 = head.little(table + 40 * section + 16),
      let place: UInt32 = head.little(table + 40 * section + 20)
    else { return nil }
    return UInt64(place)..<(UInt64(place) + UInt64(size))
  }

  /// Bytes behind the sections, up to the certificates; nil if there are none, or `head` does not tell.
  func overlay(_ head: RawSpan, size: UInt64) -> Range<UInt64>? {
    var end: UInt64 = 0
    for section in 0..<sectionCount {
      guard let raw = raw(head, section: section) else { return nil }
      if !raw.isEmpty { end = max(end, raw.upperBound) }
    }
    let limit =
      certificates >= end && certificates <= size && certificates > 0 ? certificates : size
    // Less is the padding before certificates.
    return end > 0 && end < limit && limit - end > 64 ? end..<limit : nil
  }
}
