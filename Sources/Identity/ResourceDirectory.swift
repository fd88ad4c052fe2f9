import Bytes

/// The resources of a PE: a tree of types, names and languages.
///
/// Microsoft PE Format, "The .rsrc Section". Every offset is untrusted; nothing recurses, so cyclic trees end.
struct ResourceDirectory {
  /// One resource.
  struct Resource {
    /// Type, such as `RCDATA`, `16` or the name of a type of one's own.
    let type: String
    /// Name or number.
    let name: String
    /// Place of its content in the file.
    let range: Range<Int>
  }

  /// Resources in the order of the tree.
  private(set) var resources: [Resource] = []

  /// Limit of the entries read in one directory, and of those in all directories of languages: a tree of 1024 entries
  /// that lead to each other would have a billion.
  static let maximumEntries = 1024
  private static let maximumLanguages = 8192
  private static let isDirectory = 0x8000_0000
  /// RT_RCDATA of winuser.h.
  private static let rawData = 10

  private let base: Int

  /// Reads the resources of a PE, of one type if `type` is given.
  init(_ bytes: RawSpan, type wanted: Int? = nil) {
    guard let image = ExecutableSections(bytes), let section = image.resources else {
      base = 0
      return
    }
    base = section.lowerBound
    var languages = 0
    for type in entries(bytes, base) where wanted == nil || type.name == wanted {
      for name in children(bytes, type) {
        for language in children(bytes, name) {
          languages += 1
          guard languages <= Self.maximumLanguages else { return }
          guard language.offset < Self.isDirectory else { continue }
          guard let address = bytes.unsigned32(at: base + language.offset),
            let size = bytes.unsigned32(at: base + language.offset + 4),
            let start = image.offset(of: address), start < bytes.byteCount
          else { continue }
          resources.append(
            Resource(
              type: type.name == Self.rawData ? "RCDATA" : text(bytes, type.name),
              name: text(bytes, name.name),
              range: start..<(start + min(size, bytes.byteCount - start))))
        }
      }
    }
  }

  private typealias Entry = (name: Int, offset: Int)

  private func entries(_ bytes: RawSpan, _ directory: Int) -> [Entry] {
    guard let named = bytes.unsigned16(at: directory + 12),
      let numbered = bytes.unsigned16(at: directory + 14)
    else { return [] }
    return (0..<min(named + numbered, Self.maximumEntries)).compactMap { index in
      guard let name = bytes.unsigned32(at: directory + 16 + 8 * index),
        let offset = bytes.unsigned32(at: directory + 20 + 8 * index)
      else { return nil }
      return (name, offset)
    }
  }

  private func children(_ bytes: RawSpan, _ entry: Entry) -> [Entry] {
    guard entry.offset >= Self.isDirectory else { return [] }
    return entries(bytes, base + entry.offset - Self.isDirectory)
  }

  /// A number, or a text with its length before it.
  private func text(_ bytes: RawSpan, _ name: Int) -> String {
    guard name >= Self.isDirectory else { return String(name) }
    let start = base + name - Self.isDirectory
    guard let count = bytes.unsigned16(at: start) else { return "?" }
    let units = (0..<min(count, 64)).compactMap {
      bytes.unsigned16(at: start + 2 + 2 * $0).map { UInt16($0) }
    }
    return String(decoding: units, as: UTF16.self)
  }
}
