import Bytes

/// Executables. Sources: Microsoft, "PE Format"; "ELF-64 Object File Format"; Apple, mach-o/loader.h and mach-o/fat.h.
extension CarvedHeader {
  /// End of the last section, or of the certificate table, which is not a section.
  static func portableExecutable(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard let start32: UInt32 = head.little(0x3C), start32 >= 4, start32 <= 4096 else { return nil }
    let start = Int(start32)
    guard head.little(start, as: UInt32.self) == 0x0000_4550,
      let sections: UInt16 = head.little(start + 6), (1...96).contains(sections),
      let optionalSize: UInt16 = head.little(start + 20), optionalSize >= 96,
      let magic: UInt16 = head.little(start + 24), magic == 0x10B || magic == 0x20B,
      let headers: UInt32 = head.little(start + 24 + 60)
    else { return nil }
    var end = UInt64(headers)
    let table = start + 24 + Int(optionalSize)
    for index in 0..<Int(sections) {
      guard let size: UInt32 = head.little(table + 40 * index + 16),
        let place: UInt32 = head.little(table + 40 * index + 20)
      else { return nil }
      if size > 0 { end = max(end, UInt64(place) + UInt64(size)) }
    }
    // Directory 4 of the optional header; its address is a file offset.
    let directories = start + 24 + (magic == 0x10B ? 96 : 112)
    if let count: UInt32 = head.little(directories - 4), count > 4, directories + 40 <= table,
      let place: UInt32 = head.little(directories + 32),
      let size: UInt32 = head.little(directories + 36), size > 0
    {
      end = max(end, UInt64(place) + UInt64(size))
    }
    return end
  }

  /// End of the section table or of the last segment.
  static func elf(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.count >= 64, head[4] == 1 || head[4] == 2, head[5] == 1 || head[5] == 2,
      head[6] == 1
    else { return nil }
    let isWide = head[4] == 2
    let reader = SwappingReader(head, isSwapped: head[5] == 2)
    guard let type: UInt16 = reader.number(16), (1...4).contains(type),
      let sectionTable = reader.address(isWide ? 40 : 32, isWide),
      let segmentTable = reader.address(isWide ? 32 : 28, isWide),
      let segmentSize: UInt16 = reader.number(isWide ? 54 : 42),
      let segments: UInt16 = reader.number(isWide ? 56 : 44),
      let sectionSize: UInt16 = reader.number(isWide ? 58 : 46),
      let sections: UInt16 = reader.number(isWide ? 60 : 48),
      segments == 0 || segmentSize == (isWide ? 56 : 32),
      sections == 0 || sectionSize == (isWide ? 64 : 40)
    else { return nil }
    let (end, overflow) = sectionTable.addingReportingOverflow(
      UInt64(sections) * UInt64(sectionSize))
    guard !overflow else { return nil }
    var last = sections > 0 ? end : UInt64(isWide ? 64 : 52)
    for index in 0..<Int(segments) {
      guard let start = Int(exactly: segmentTable), start <= head.count else { break }
      let entry = start + index * Int(segmentSize)
      guard let offset = reader.address(entry + (isWide ? 8 : 4), isWide),
        let size = reader.address(entry + (isWide ? 32 : 16), isWide)
      else { break }
      let (end, overflow) = offset.addingReportingOverflow(size)
      if !overflow { last = max(last, end) }
    }
    return last
  }

  /// Commands with a linkedit_data_command: the code signature and similar data, which need not
  /// be in a segment.
  private static let linkEditCommands: Set<UInt32> = [
    0x1D, 0x1E, 0x26, 0x29, 0x2B, 0x2E, 0x33, 0x34,
  ]

  /// End of the last segment, or of data behind it.
  static func machO(_ head: UnsafeRawBufferPointer, isSwapped: Bool) -> UInt64? {
    let reader = SwappingReader(head, isSwapped: isSwapped)
    let isWide = reader.number(0, as: UInt32.self) == 0xFEED_FACF
    guard let type: UInt32 = reader.number(12), (1...12).contains(type),
      let commands: UInt32 = reader.number(16), (1...2048).contains(commands)
    else { return nil }
    var position = isWide ? 32 : 28
    var last: UInt64 = 0
    for _ in 0..<commands {
      guard let command: UInt32 = reader.number(position),
        let size: UInt32 = reader.number(position + 4), size >= 8, size <= 1 << 20
      else { break }
      if command == 0x19 || command == 1 {
        let wide = command == 0x19
        guard let offset = reader.address(position + (wide ? 40 : 32), wide),
          let length = reader.address(position + (wide ? 48 : 36), wide)
        else { break }
        let (end, overflow) = offset.addingReportingOverflow(length)
        if !overflow { last = max(last, end) }
      } else if command == 2, let symbols: UInt32 = reader.number(position + 8),
        let count: UInt32 = reader.number(position + 12),
        let names: UInt32 = reader.number(position + 16),
        let length: UInt32 = reader.number(position + 20)
      {
        // Object files have their symbol table behind their only segment.
        last = max(last, UInt64(symbols) + UInt64(count) * (isWide ? 16 : 12))
        last = max(last, UInt64(names) + UInt64(length))
      } else if Self.linkEditCommands.contains(command & 0x7FFF_FFFF),
        let offset: UInt32 = reader.number(position + 8),
        let length: UInt32 = reader.number(position + 12)
      {
        last = max(last, UInt64(offset) + UInt64(length))
      }
      position += Int(size)
    }
    return last
  }

  /// End of the last architecture. A Java class has the same magic, with a version in place of
  /// the count.
  static func universal(_ head: UnsafeRawBufferPointer) -> UInt64? {
    let reader = SwappingReader(head, isSwapped: true)
    guard let count: UInt32 = reader.number(4), (1...19).contains(count) else { return nil }
    var last: UInt64 = 0
    for index in 0..<Int(count) {
      guard let offset: UInt32 = reader.number(8 + 20 * index + 8),
        let size: UInt32 = reader.number(8 + 20 * index + 12), offset >= 28
      else { return nil }
      last = max(last, UInt64(offset) + UInt64(size))
    }
    return last
  }
}
