import Foundation
import TestSupport

/// Random items that nearly match rules.
struct RandomItem {
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// An item with or without a header, with words in some form, of a significant size.
  func first(_ number: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var item = header(number, &random)
    if number == 0 { return random.oneIn(2) ? [] : item }
    for _ in 0..<random.number(0...30) { item += piece(&random) }
    if random.oneIn(2) { place(random.pick(vocabulary.words), &item, &random) }
    if random.oneIn(3) { resize(&item, &random) }
    return Self.bounded(item, &random)
  }

  /// Bounds the counts of a Mach-O file: libyara 4.2.3 iterates over as many architectures and
  /// commands as it claims, beyond its end, for hours if they are billions. Tens of thousands
  /// test the same.
  private static func bounded(_ item: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var item = item
    let magics: [[UInt8]] = [[0xCA, 0xFE, 0xBA], [0xBE, 0xBA, 0xFE], [0xBF, 0xBA, 0xFE]]
    if item.count >= 8, magics.contains(Array(item[..<3])) {
      let count = random.oneIn(20) ? 20_000 : random.pick([0, 1, 1, 1, 2, 3, 300])
      put(count, isBigEndian: item[0] == 0xCA, at: 4, &item)
    }
    // The file itself, and the first one in a file of several architectures.
    for start in [0, 64] where item.count >= start + 20 {
      let magic = item[start..<start + 4]
      guard magic.contains(0xED), magic.contains(0xFE), magic.contains(0xFA) else { continue }
      let count = random.oneIn(20) ? 20_000 : random.pick([0, 1, 1, 1, 2, 3, 300])
      put(count, isBigEndian: item[start] == 0xFE, at: start + 16, &item)
    }
    return item
  }

  private static func put(_ count: Int, isBigEndian: Bool, at offset: Int, _ item: inout [UInt8]) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    item.replaceSubrange(offset..<offset + 4, with: isBigEndian ? bytes.reversed() : bytes)
  }

  /// An item made for strings of rules: all strings of some rules, at offsets that conditions
  /// mention.
  func second(
    _ examples: [[UInt8]], _ others: [[UInt8]], _ random: inout SeededGenerator
  ) -> [UInt8] {
    var item = random.oneIn(3) ? random.pick(others) : header(random.number(0...12), &random)
    for _ in 0..<random.number(3...30) {
      guard !examples.isEmpty else { break }
      let example = changed(random.pick(examples), &random)
      switch random.number(0...3) {
      case 0: place(example, &item, &random)
      case 1:
        for _ in 0..<random.number(1...4) { item += example }
      default: item += example + (random.oneIn(2) ? [UInt8(random.number(0...255))] : [])
      }
    }
    switch random.number(0...5) {
    case 0: item.removeLast(min(item.count, random.number(1...4)))
    case 1: resize(&item, &random)
    case 2 where !item.isEmpty: item[random.number(0...item.count - 1)] ^= 0x20
    default: break
    }
    return Self.bounded(item, &random)
  }

  private func header(_ number: Int, _ random: inout SeededGenerator) -> [UInt8] {
    switch number {
    case 1, 8: return executable(&random)
    case 2: return OtherHeaders.elf(is64: random.oneIn(2))
    case 3:
      return random.oneIn(2)
        ? OtherHeaders.machO(
          is64: random.oneIn(2), isBigEndian: random.oneIn(2),
          segment: random.oneIn(3) ? nil : word(&random))
        : OtherHeaders.universal(segment: word(&random))
    case 4:
      // Something that begins like an executable, but is not one.
      var bytes = [UInt8](repeating: 0, count: 70)
      bytes.replaceSubrange(0..<2, with: [0x4D, 0x5A])
      return bytes
    default: return []
    }
  }

  private func word(_ random: inout SeededGenerator) -> String {
    let plain = vocabulary.words.filter { $0.allSatisfy { (0x21..<0x7F).contains($0) } }
    return plain.isEmpty ? "word" : String(decoding: random.pick(plain).prefix(40), as: UTF8.self)
  }

  private func executable(_ random: inout SeededGenerator) -> [UInt8] {
    func word() -> String { self.word(&random) }
    var executable = PortableExecutable()
    executable.isWide = random.oneIn(2)
    executable.headerOffset = random.pick([0x40, 0x80, 0x80, 0x1080])
    executable.sectionOffset =
      executable.headerOffset > 0x1000 ? 0x1400 : random.pick([0x400, 0x2000])
    executable.sectionName = random.pick([".rsrc", ".text", word()])
    if !random.oneIn(3) {
      executable.version = [("CompanyName", word()), ("ProductName", word())]
    }
    if random.oneIn(3) { executable.highByte = 0x30 }
    if random.oneIn(2) { executable.exported = word() }
    if random.oneIn(2) { executable.imported = (random.pick(["kernel32.dll", word()]), word()) }
    var bytes = executable.bytes()
    if random.oneIn(5) { bytes = Array(bytes.prefix(random.pick([311, 312, 327, 328, 400]))) }
    return bytes
  }

  private func piece(_ random: inout SeededGenerator) -> [UInt8] {
    changed(random.pick(vocabulary.words), &random)
      + (random.oneIn(2) ? [random.pick([0x20, 0, 0x0A, 0x5F, 0x41])] : [])
  }

  private func changed(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    // Only the beginning of a long string is searched.
    if bytes.count > 256, random.oneIn(2) { return bytes.dropLast() + [bytes[bytes.count - 1] ^ 1] }
    switch random.number(0...15) {
    case 0: return Vocabulary.widened(bytes)
    case 1: return Vocabulary.recased(bytes, &random)
    case 2:
      let key = UInt8(random.number(1...255))
      return bytes.map { $0 ^ key }
    case 3: return Array(Data(bytes + [0x21]).base64EncodedData())
    case 4:
      var bytes = bytes
      if !bytes.isEmpty { bytes[random.number(0...bytes.count - 1)] ^= 1 }
      return bytes
    case 5: return Array(bytes.dropLast())
    case 6: return [0x78] + bytes + [0x79]
    default: return bytes
    }
  }

  private func place(_ bytes: [UInt8], _ item: inout [UInt8], _ random: inout SeededGenerator) {
    let offset = random.pick(Vocabulary.offsets)
    var layout = Layout(bytes: item)
    // Keep the header in most cases.
    guard item.count < 64 || offset > 4 || random.oneIn(3) else { return }
    layout.put(bytes, at: offset)
    item = layout.bytes
  }

  private func resize(_ item: inout [UInt8], _ random: inout SeededGenerator) {
    let size = random.pick(Vocabulary.sizes)
    if item.count > size {
      item.removeLast(item.count - size)
    } else {
      item += (0..<size - item.count).map { _ in random.oneIn(8) ? 0x61 : 0 }
    }
  }
}
