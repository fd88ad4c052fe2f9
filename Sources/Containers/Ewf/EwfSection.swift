import Bytes

/// One section of a segment file. Source: libewf, "Expert Witness Compression Format
/// specification", section descriptor (76 bytes: type, offset of the next, size, padding,
/// checksum).
struct EwfSection {
  let type: String
  /// Offset in the file of its content, behind the descriptor.
  let content: UInt64
  /// Offset of its end in the file.
  let end: UInt64

  static let descriptorSize: UInt64 = 76

  /// Reads the content, which must have at least `count` bytes.
  func bytes(_ file: ImageFile, count: Int) throws(ImageError) -> [UInt8] {
    guard end - content >= UInt64(count) else {
      throw ImageError(damaged: file.path, "section \(type) is too short")
    }
    return try file.bytes(at: content, count: count)
  }
}

/// A segment file: its number, and its sections in order.
struct EwfSegment {
  let file: ImageFile
  let number: Int
  /// Sections in order; the last one is cut at the end of a file that was cut off.
  let sections: [EwfSection]
  /// The reason why the sections end too early; nil if they do not.
  let damage: ImageError?

  /// Limit of sections; a longer chain is an attack.
  private static let maximumSections = 1 << 20

  /// Reads the file header (signature, segment number at 9) and all sections.
  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    number = try Self.number(of: file)
    var sections = [EwfSection]()
    var damage: ImageError?
    do throws(ImageError) { try Self.read(&sections, in: file) } catch {
      // The chunks that earlier sections locate are there.
      guard !sections.isEmpty else { throw error }
      damage = error
    }
    self.damage = damage
    self.sections = sections
  }

  private static func read(_ sections: inout [EwfSection], in file: ImageFile) throws(ImageError) {
    var offset: UInt64 = 13
    while true {
      let descriptor = try file.bytes(at: offset, count: Int(EwfSection.descriptorSize))
      guard Adler32.of(descriptor[..<72]) == descriptor.little(72) as UInt32 else {
        throw ImageError(damaged: file.path, "the section at byte \(offset) has a wrong checksum")
      }
      let type = String(decoding: descriptor[..<16].prefix { $0 != 0 }, as: UTF8.self)
      let next: UInt64 = descriptor.little(16)
      let isLast = type == "next" || type == "done"
      // The last section refers to itself. Each other one must follow its predecessor, so that a
      // chain cannot be cyclic.
      guard sections.count < maximumSections else {
        throw ImageError(damaged: file.path, "more sections than an image has")
      }
      if !isLast, next >= file.length {
        sections.append(
          EwfSection(
            type: type, content: offset + EwfSection.descriptorSize,
            end: max(file.length, offset + EwfSection.descriptorSize)))
        throw ImageError(
          "\(file.path.shown): truncated or damaged: its section at byte \(offset) ends at byte \(next), but the file"
            + " has \(file.length)", .truncated)
      }
      guard isLast || next >= offset + EwfSection.descriptorSize else {
        throw ImageError(damaged: file.path, "the section at byte \(offset) points nowhere")
      }
      sections.append(
        EwfSection(
          type: type, content: offset + EwfSection.descriptorSize,
          end: isLast ? offset + EwfSection.descriptorSize : next))
      if isLast { return }
      offset = next
    }
  }

  /// Number of a segment, from its file header.
  static func number(of file: ImageFile) throws(ImageError) -> Int {
    let header = try file.bytes(at: 0, count: 13)
    guard header.starts(with: signature) else {
      throw ImageError(damaged: file.path, "not a segment of an EWF image")
    }
    return Int(header.little(9, as: UInt16.self))
  }

  private static let signature: [UInt8] = [0x45, 0x56, 0x46, 0x09, 0x0D, 0x0A, 0xFF, 0x00]

  /// Whether another segment follows.
  var isContinued: Bool { sections.last?.type == "next" }
}
