/// Minimal portable executable that libyara's `pe` accepts, with a version resource, an export
/// and an import, so that the module's fields are defined and contain what rules test.
struct PortableExecutable {
  var isWide = false
  /// Offset of the PE header; it may be far behind the first page.
  var headerOffset = 0x40
  /// Offset of the only section's bytes.
  var sectionOffset = 0x400
  var sectionName = ".rsrc"
  var version: [(key: String, value: String)] = []
  var exported: String?
  var imported: (library: String, function: String)?
  /// High byte of each unit in a version's texts; libyara ignores it.
  var highByte: UInt8 = 0

  private static let sectionAddress = 0x1000

  func bytes() -> [UInt8] {
    var section = Layout()
    section.bytes = resources()
    let resourceSize = section.bytes.count
    let exports = section.align(4)
    addExports(&section, at: exports)
    let imports = section.align(4)
    addImports(&section, at: imports)
    var file = Layout()
    file.put("MZ", at: 0)
    file.put(headerOffset, 4, at: 60)
    file.put("PE", at: headerOffset)
    file.put(isWide ? 0x8664 : 0x14C, 2, at: headerOffset + 4)
    file.put(1, 2, at: headerOffset + 6)
    file.put(isWide ? 240 : 224, 2, at: headerOffset + 20)
    file.put(0x2102, 2, at: headerOffset + 22)
    let optional = headerOffset + 24
    file.put(isWide ? 0x20B : 0x10B, 2, at: optional)
    file.put(Self.sectionAddress, 4, at: optional + 16)
    file.put(0x400000, 4, at: optional + (isWide ? 24 : 28))
    file.put(0x1000, 4, at: optional + 32)
    file.put(0x200, 4, at: optional + 36)
    file.put(0x3000, 4, at: optional + 56)
    file.put(0x400, 4, at: optional + 60)
    file.put(2, 2, at: optional + 68)
    file.put(16, 4, at: optional + (isWide ? 108 : 92))
    let directories = optional + (isWide ? 112 : 96)
    if exported != nil { file.putPair(Self.sectionAddress + exports, 40, at: directories) }
    if imported != nil { file.putPair(Self.sectionAddress + imports, 40, at: directories + 8) }
    if !version.isEmpty {
      file.putPair(Self.sectionAddress, resourceSize, at: directories + 16)
    }
    let table = directories + 128
    file.put(String(sectionName.prefix(8)), at: table)
    file.put(section.bytes.count, 4, at: table + 8)
    file.put(Self.sectionAddress, 4, at: table + 12)
    file.put((section.bytes.count + 0x1FF) & ~0x1FF, 4, at: table + 16)
    file.put(sectionOffset, 4, at: table + 20)
    file.put(0x4000_0040, 4, at: table + 36)
    file.put(section.bytes, at: max(sectionOffset, table + 40))
    _ = file.align(0x200)
    return file.bytes
  }

  /// Three directories of one entry each, then the version.
  private func resources() -> [UInt8] {
    guard !version.isEmpty else { return [UInt8](repeating: 0, count: 88) }
    let version = versionResource()
    var layout = Layout()
    for (place, name, next) in [(0, 16, 0x8000_0018), (24, 1, 0x8000_0030), (48, 0x409, 72)] {
      layout.put(1, 2, at: place + 14)
      layout.putPair(name, next, at: place + 16)
    }
    layout.putPair(Self.sectionAddress + 88, version.count, at: 72)
    layout.put(version, at: 88)
    return layout.bytes
  }

  private func versionResource() -> [UInt8] {
    var strings = Layout()
    for (key, value) in version {
      let block = block(
        key, wideValue(value), valueLength: value.utf8.count + 1, type: 1, highByte: highByte)
      strings.put(block, at: strings.align(4))
    }
    let table = block("040904b0", strings.bytes, valueLength: 0, type: 1)
    let information = block("StringFileInfo", table, valueLength: 0, type: 1)
    var fixed = [UInt8](repeating: 0, count: 52)
    fixed.replaceSubrange(0..<4, with: [0xBD, 0x04, 0xEF, 0xFE])
    return block("VS_VERSION_INFO", fixed + information, valueLength: 52, type: 0)
  }

  private func wideValue(_ value: String) -> [UInt8] {
    value.utf8.flatMap { [$0, highByte] } + [0, 0]
  }

  private func block(
    _ key: String, _ content: [UInt8], valueLength: Int, type: Int, highByte: UInt8 = 0
  ) -> [UInt8] {
    var layout = Layout()
    layout.putPair(0, 0, at: 0)
    layout.put(type, 2, at: 4)
    layout.bytes.removeLast(2)
    layout.put(key.utf8.flatMap { [$0, highByte] } + [0, 0], at: 6)
    layout.put(content, at: layout.align(4))
    layout.put(layout.bytes.count, 2, at: 0)
    layout.put(valueLength, 2, at: 2)
    return layout.bytes
  }

  private func addExports(_ section: inout Layout, at start: Int) {
    guard let exported else { return }
    let base = Self.sectionAddress + start
    for (place, value) in [
      (12, base + 52), (16, 1), (20, 1), (24, 1), (28, base + 40), (32, base + 44), (36, base + 48),
    ] { section.put(value, 4, at: start + place) }
    section.putPair(0x1000, base + 70, at: start + 40)
    section.put("lib.dll", at: start + 52)
    section.put(0, 2, at: start + 60)
    section.put(Array(exported.utf8) + [0], at: start + 70)
  }

  private func addImports(_ section: inout Layout, at start: Int) {
    guard let imported else { return }
    let base = Self.sectionAddress + start
    section.putPair(base + 40, 0, at: start)
    section.put(base + 80, 4, at: start + 12)
    section.put(base + 40, 4, at: start + 16)
    section.put(base + 60, 4, at: start + 40)
    section.put(Array(imported.function.prefix(14).utf8) + [0], at: start + 62)
    section.put(Array(imported.library.utf8) + [0], at: start + 80)
  }
}

/// Bytes that grow when something is written behind their end.
struct Layout {
  var bytes: [UInt8] = []

  mutating func put(_ more: [UInt8], at offset: Int) {
    if bytes.count < offset + more.count {
      bytes += [UInt8](repeating: 0, count: offset + more.count - bytes.count)
    }
    bytes.replaceSubrange(offset..<offset + more.count, with: more)
  }

  mutating func put(_ text: String, at offset: Int) { put(Array(text.utf8), at: offset) }

  /// Writes a little-endian number.
  mutating func put(_ value: Int, _ width: Int, at offset: Int) {
    put((0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }, at: offset)
  }

  mutating func putPair(_ first: Int, _ second: Int, at offset: Int) {
    put(first, 4, at: offset)
    put(second, 4, at: offset + 4)
  }

  /// Pads with zeros to a multiple, and returns that offset.
  mutating func align(_ multiple: Int) -> Int {
    while !bytes.count.isMultiple(of: multiple) { bytes.append(0) }
    return bytes.count
  }
}
