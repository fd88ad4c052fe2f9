import Bytes

/// Text that describes a VMDK (VMware, "Virtual Disk Format 5.0", The Descriptor File): a
/// separate file, or part of a sparse extent.
struct VmdkDescriptor {
  /// Identifier that changes with the content.
  let contentID: String
  /// Content identifier of the parent at the time of the snapshot; nil without a parent.
  let parentContentID: String?
  let parentName: [UInt8]?
  /// Type such as `monolithicSparse`; empty if not stated.
  let createType: String
  let extents: [Extent]

  /// A line such as `RW 4192256 SPARSE "disk-s001.vmdk"`.
  struct Extent: Hashable {
    /// Length in bytes of the medium.
    let length: UInt64
    let type: String
    /// Name of its file; nil if it has none.
    let name: [UInt8]?
    /// Offset in bytes of the content in the file.
    let offset: UInt64
  }

  /// Longest descriptor in bytes; VMware reserves 10 KB in an extent.
  static let maximumLength = 1 << 20

  /// Parses the text up to its first NUL; `path` is the file that contains it.
  init(_ bytes: [UInt8], in path: RawPath) throws(ImageError) {
    var values = [String: [UInt8]]()
    var extents = [Extent]()
    var size: UInt64 = 0
    for line in bytes.prefix(while: { $0 != 0 }).split(whereSeparator: { $0 == 10 || $0 == 13 }) {
      let line = Self.trimmed(line)
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      if let extent = try Self.extent(line, path) {
        guard extents.count < 65_536, extent.length <= UInt64(Int64.max) - size else {
          throw ImageError(damaged: path, "its extents have an invalid size")
        }
        size += extent.length
        extents.append(extent)
      } else if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
        let key = String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self).lowercased()
        let value = Self.trimmed(line[(equals + 1)...])
        // The first value counts.
        if values[key] == nil { values[key] = Self.unquoted(value) }
      }
    }
    self.extents = extents
    func text(_ key: String) -> String {
      String(decoding: values[key] ?? [], as: UTF8.self).lowercased()
    }
    contentID = text("cid")
    let parentID = text("parentcid")
    parentContentID = parentID.isEmpty || parentID == "ffffffff" ? nil : parentID
    parentName = values["parentfilenamehint"]
    createType = String(decoding: values["createtype"] ?? [], as: UTF8.self)
  }

  /// Access modes of extents: a line that begins with one is an extent, or the file is damaged.
  private static let modes = ["RW", "RDONLY", "NOACCESS"]

  private static func extent(_ line: ArraySlice<UInt8>, _ path: RawPath) throws(ImageError)
    -> Extent?
  {
    // Mode, sectors, type; then a name in quotes, and an offset in sectors.
    let fields = line.split(
      maxSplits: 3, omittingEmptySubsequences: true, whereSeparator: { $0 == 32 || $0 == 9 })
    let words = fields.map { String(decoding: $0, as: UTF8.self) }
    guard let mode = words.first, modes.contains(mode.uppercased()) else { return nil }
    guard words.count >= 3, let sectors = UInt64(words[1]), sectors <= UInt64(Int64.max) / 512
    else {
      throw ImageError(
        damaged: path, "invalid extent: \(RawPath(Array(line)).shown)")
    }
    var name: [UInt8]?
    var offset: UInt64 = 0
    if fields.count > 3, let open = fields[3].firstIndex(of: quote),
      let close = fields[3][(open + 1)...].firstIndex(of: quote)
    {
      name = Array(fields[3][(open + 1)..<close])
      let rest = fields[3][(close + 1)...].split(separator: 32).first ?? []
      offset = UInt64(String(decoding: rest, as: UTF8.self)) ?? 0
    }
    guard offset <= UInt64(Int64.max) / 512 else {
      throw ImageError(damaged: path, "an extent begins at an invalid sector")
    }
    let type = mode.uppercased() == "NOACCESS" ? "NOACCESS" : words[2].uppercased()
    return Extent(length: sectors * 512, type: type, name: name, offset: offset * 512)
  }

  private static let quote = UInt8(ascii: "\"")

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
    let start = text.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
    return start[...last]
  }

  private static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    text.count >= 2 && text.first == quote && text.last == quote
      ? Array(text.dropFirst().dropLast()) : Array(text)
  }
}
