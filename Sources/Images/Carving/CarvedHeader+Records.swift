import Bytes

/// Formats that are not executable and store their length in their own tables.
extension CarvedHeader {
  /// libevtx, "Windows XML Event Log (EVTX)", file header: 4096 bytes, then chunks of 64 KiB.
  static func eventLog(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard head.little(4, as: UInt32.self) == 0x0065_6C69,  // "ElfFile\0"
      head.little(32, as: UInt32.self) == 128, head.little(40, as: UInt16.self) == 4096,
      let chunks: UInt16 = head.little(42), chunks > 0,
      head.little(4096, as: UInt64.self) == 0x006B_6E68_4366_6C45  // "ElfChnk\0"
    else { return nil }
    return 4096 + UInt64(chunks) << 16
  }

  /// libscca, "Windows Prefetch File (PF) format", file header: the version of the format, the size.
  static func prefetch(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard let version: UInt32 = head.little(0), [17, 23, 26, 30].contains(version),
      head.little(4, as: UInt32.self) == 0x4143_4353, let size: UInt32 = head.little(12),
      (84...(16 << 20)).contains(size)
    else { return nil }
    return UInt64(size)
  }

  /// source.android.com, "Dalvik Executable format", header_item.
  static func dalvikCode(_ head: UnsafeRawBufferPointer) -> UInt64? {
    guard let version: UInt32 = head.little(4), version & 0xFF00_00FF == 0x0000_0030,
      let size: UInt32 = head.little(32), head.little(36, as: UInt32.self) == 0x70,
      head.little(40, as: UInt32.self) == 0x1234_5678, size >= 0x70
    else { return nil }
    return UInt64(size)
  }

  /// rpm.org, "Package format": the lead, and the header of signatures, which states the length
  /// of header and payload.
  static func rpmPackage(_ head: UnsafeRawBufferPointer) -> UInt64? {
    let reader = SwappingReader(head, isSwapped: true)
    let signatures = 96
    guard reader.number(78, as: UInt16.self) == 5,
      reader.number(signatures, as: UInt32.self) == 0x8EAD_E801,
      let entries: UInt32 = reader.number(signatures + 8), (1...256).contains(entries),
      let bytes: UInt32 = reader.number(signatures + 12), bytes <= 1 << 24
    else { return nil }
    let data = signatures + 16 + 16 * Int(entries)
    let end = (UInt64(data) + UInt64(bytes) + 7) / 8 * 8
    for entry in 0..<Int(entries) {
      let place = signatures + 16 + 16 * entry
      // RPMSIGTAG_SIZE, a 32-bit number; RPMSIGTAG_LONGSIZE, a 64-bit one.
      guard let tag: UInt32 = reader.number(place), tag == 1000 || tag == 270,
        let offset: UInt32 = reader.number(place + 8), offset < bytes,
        let size = reader.address(data + Int(offset), tag == 270)
      else { continue }
      let (length, overflow) = end.addingReportingOverflow(size)
      return overflow ? nil : length
    }
    return nil
  }

  /// [MS-CFB] 2.2, 2.3 and 2.5: the last sector that the allocation table does not mark as free.
  static func compoundFile(
    _ head: UnsafeRawBufferPointer, _ more: (_ offset: UInt64, _ count: Int) -> [UInt8]?
  ) -> UInt64? {
    guard head.little(4, as: UInt32.self) == 0xE11A_B1A1,
      head.little(28, as: UInt16.self) == 0xFFFE,
      let version: UInt16 = head.little(26), let shift: UInt16 = head.little(30),
      (version == 3 && shift == 9) || (version == 4 && shift == 12),
      let tables: UInt32 = head.little(44), (1...(1 << 16)).contains(tables),
      let firstIndex: UInt32 = head.little(68)
    else { return nil }
    let sectorSize = 1 << Int(shift)
    let perSector = sectorSize / 4
    func sector(_ number: UInt32) -> [UInt8]? {
      number < 0xFFFF_FFFA ? more((UInt64(number) + 1) * UInt64(sectorSize), sectorSize) : nil
    }
    func word(_ bytes: [UInt8], _ index: Int) -> UInt32? {
      bytes.withUnsafeBytes { $0.little(4 * index) }
    }
    // The header lists 109 sectors of the table; index sectors list the rest, and their own
    // successors.
    var last = Int(tables) - 1
    var table: UInt32?
    if last < 109 {
      table = head.little(76 + 4 * last)
    } else {
      last -= 109
      var index = firstIndex
      while let entries = sector(index), let next = word(entries, perSector - 1) {
        if last < perSector - 1 {
          table = word(entries, last)
          break
        }
        last -= perSector - 1
        index = next
      }
    }
    guard let table, let entries = sector(table) else { return nil }
    guard let used = (0..<perSector).last(where: { word(entries, $0) != 0xFFFF_FFFF }) else {
      return nil
    }
    let sectors = (UInt64(tables) - 1) * UInt64(perSector) + UInt64(used) + 1
    return (sectors + 1) * UInt64(sectorSize)
  }
}
