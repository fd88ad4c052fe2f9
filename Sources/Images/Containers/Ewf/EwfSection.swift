import Bytes

/// One section of a segment file. Source: libewf, "Expert Witness Compression Format specification",
/// section descriptor (76 bytes: type, place of the next, size, padding, checksum).
struct EwfSection {
  let type: String
  /// Where its content begins in the file, behind the descriptor.
  let content: UInt64
  /// Where it ends.
  let end: UInt64

  static let descriptorSize: UInt64 = 76

  /// The bytes of the content, which must be so many at least.
  func bytes(_ file: ImageFile, count: Int) throws(ImageError) -> [UInt8] {
    guard end - content >= UInt64(count) else {
      throw ImageError(damaged: file.path, "its section \(type) is too short")
    }
    return try file.bytes(at: content, count: count)
  }
}

/// A segment file: its number, and its sections in order.
struct EwfSegment {
  let file: ImageFile
  let number: Int
  let sections: [EwfSection]

  /// No segment has so many; a chain this long is an attack.
  private static let maximumSections = 1 << 20

  /// Reads the file header (signature, segment number at 9) and walks the sections.
  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    number = try Self.number(of: file)
    var sections = [EwfSection]()
    var offset: UInt64 = 13
    while true {
      let descriptor = try file.bytes(at: offset, count: Int(EwfSection.descriptorSize))
      guard Adler32.of(descriptor[..<72]) == descriptor.little(72) as UInt32 else {
        throw ImageError(damaged: file.path, "the section at byte \(offset) has a wrong checksum")
      }
      let type = String(decoding: descriptor[..<16].prefix { $0 != 0 }, as: UTF8.self)
      let next: UInt64 = descriptor.little(16)
      let isLast = type == "next" || type == "done"
      // The last one names itself. Each other one lies behind the one before: no chain is a ring.
      guard isLast || next >= offset + EwfSection.descriptorSize && next < file.length,
        sections.count < Self.maximumSections
      else { throw ImageError(damaged: file.path, "the section at byte \(offset) leads nowhere") }
      sections.append(
        EwfSection(
          type: type, content: offset + EwfSection.descriptorSize,
          end: isLast ? offset + EwfSection.descriptorSize : next))
      if isLast { break }
      offset = next
    }
    self.sections = sections
  }

  /// The number of a segment, from its file header.
  static func number(of file: ImageFile) throws(ImageError) -> Int {
    let header = try file.bytes(at: 0, count: 13)
    guard header.starts(with: signature) else {
      throw ImageError(damaged: file.path, "it is no segment of an EWF image")
    }
    return Int(header.little(9, as: UInt16.self))
  }

  private static let signature: [UInt8] = [0x45, 0x56, 0x46, 0x09, 0x0D, 0x0A, 0xFF, 0x00]

  /// Whether another segment follows.
  var isContinued: Bool { sections.last?.type == "next" }
}
