import Bytes

/// Metadata of a VHDX (MS-VHDX 2.6): a table of items with identifiers.
struct VhdxMetadata {
  /// Size of a block in bytes.
  let blockSize: UInt64
  /// Size of the medium in bytes.
  let size: UInt64
  let sectorSize: UInt64
  /// Whether unused blocks may stay allocated: a fixed disk.
  let isFixed: Bool
  let parent: VhdxParent?

  init(_ file: ImageFile, at place: (offset: UInt64, length: UInt64)) throws(ImageError) {
    guard place.length >= 64 << 10 else {
      throw ImageError(damaged: file.path, "the metadata region is too short")
    }
    let table = try file.bytes(at: place.offset, count: 64 << 10)
    guard table.has("metadata", at: 0) else {
      throw ImageError(damaged: file.path, "the metadata table is invalid")
    }
    /// Returns an item by its identifier; none that is used here is longer than a parent locator.
    func item(_ identifier: String, _ minimum: Int) throws(ImageError) -> [UInt8] {
      let wanted = VhdxIdentifier(identifier)
      let count = min(Int(table.little(10, as: UInt16.self)), 2047)
      for entry in stride(from: 32, to: 32 + count * 32, by: 32)
      where VhdxIdentifier(table[entry..<(entry + 16)]) == wanted {
        let offset = UInt64(table.little(entry + 16, as: UInt32.self))
        let length = UInt64(table.little(entry + 20, as: UInt32.self))
        guard length >= minimum, length <= 1 << 20, offset + length <= place.length else { break }
        return try file.bytes(at: place.offset + offset, count: Int(length))
      }
      throw ImageError(damaged: file.path, "a required metadata item is missing")
    }
    let parameters = try item("CAA16737-FA36-4D43-B3B6-33F0AA44E76B", 8)
    blockSize = UInt64(parameters.little(0, as: UInt32.self))
    let flags: UInt32 = parameters.little(4)
    isFixed = flags & 1 != 0
    size = try item("2FA54224-CD1B-4876-B211-5DBED83BF4B8", 8).little(0)
    let sector = try item("8141BF1D-A96F-4709-BA47-F233A8FAAB5F", 4)
    sectorSize = UInt64(sector.little(0, as: UInt32.self))
    // Blocks: 1 to 256 MiB, a power of two; sectors: 512 or 4096 bytes; medium: 64 TiB.
    guard blockSize >= 1 << 20, blockSize <= 256 << 20, blockSize & (blockSize - 1) == 0,
      sectorSize == 512 || sectorSize == 4096, size <= 64 << 40
    else {
      throw ImageError(
        damaged: file.path,
        "invalid geometry: \(size) bytes, blocks of \(blockSize) and sectors of \(sectorSize) bytes"
      )
    }
    parent =
      flags & 2 == 0
      ? nil
      : try VhdxParent(try item("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C", 20), file)
  }
}

/// Parent locator of a differencing VHDX (MS-VHDX 2.6.2.6): keys and values in UTF-16.
struct VhdxParent {
  /// Data identifier of the parent, and an alternative one.
  let linkages: [VhdxIdentifier]
  /// Possible file names, the most likely first.
  let names: [[UInt8]]

  init(_ item: [UInt8], _ file: ImageFile) throws(ImageError) {
    var values = [String: [UInt8]]()
    let count = Int(item.little(18, as: UInt16.self))
    for entry in stride(from: 20, to: min(20 + count * 12, item.count - 11), by: 12) {
      func text(_ offset: Int, _ length: Int) -> [UInt8] {
        guard offset <= item.count, length <= item.count - offset else { return [] }
        return Array(item[offset..<(offset + length)]).utf16Text(isBigEndian: false)
      }
      let key = text(
        Int(item.little(entry, as: UInt32.self)), Int(item.little(entry + 8, as: UInt16.self)))
      values[String(decoding: key, as: UTF8.self)] = text(
        Int(item.little(entry + 4, as: UInt32.self)), Int(item.little(entry + 10, as: UInt16.self)))
    }
    linkages = ["parent_linkage", "parent_linkage2"].compactMap { key in
      values[key].flatMap { VhdxIdentifier(String(decoding: $0, as: UTF8.self)) }
    }
    names = ["relative_path", "absolute_win32_path", "volume_path"].compactMap { values[$0] }
      .filter { !$0.isEmpty }
    guard !linkages.isEmpty, !names.isEmpty else {
      throw ImageError(damaged: file.path, "it does not identify its parent")
    }
  }
}
