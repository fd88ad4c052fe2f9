import Bytes
import Evidence

/// The archives in the resources of a program: setup programs carry what they install there.
///
/// Microsoft PE Format, "The .rsrc Section": a tree of types, names and languages. Every offset is untrusted; the
/// levels are three whatever the bytes say, and the entries are limited. Types whose form Windows prescribes (icons,
/// dialogs, versions) are not looked at.
struct ProgramResources {
  /// A resource that is an archive, or a program that has some.
  struct Resource: Equatable {
    /// Type and name, such as `RCDATA/101`, and the language if there are several.
    let name: String
    let range: Range<UInt64>
  }

  /// The archives, in the order of the tree.
  private(set) var archives: [Resource] = []
  /// Whether there are more resources than are looked at.
  private(set) var isCut = false

  /// Limits of the entries of all directories, and of the bytes of these.
  static let mostEntries = 1 << 18
  private static let mostBytes = 4 << 20
  /// Programs in each other.
  private static let mostPrograms = 3
  /// Bytes of the directories that are read first; most have fewer.
  private static let firstBytes = 4096
  /// Less is no archive.
  private static let leastBytes: UInt64 = 32
  /// Bytes that name the kind of an archive.
  private static let magicLength = 272
  private static let isDirectory: UInt32 = 0x8000_0000

  private var directory: [UInt8] = []
  /// Whether an offset led behind the bytes that were read.
  private var isShort = false
  /// Entries that were read.
  private var count = 0

  /// Looks for archives in the program in `content` that begins with `head` and is itself in `depth` programs.
  init(of content: any OpenContent, _ head: RawSpan, depth: Int) throws(ItemProblem) {
    guard depth < Self.mostPrograms, let sections = ProgramSections(head),
      let place = sections.resources
    else { return }
    for limit in [Self.firstBytes, Self.mostBytes] {
      let length = Int(min(UInt64(place.count), UInt64(limit)))
      directory = try content.bytes(at: place.lowerBound, count: length)
      (archives, count, isCut, isShort) = ([], 0, false, false)
      try walk(sections, content, depth)
      guard isShort, directory.count == length, place.count > length else { break }
    }
    directory = []
  }

  private mutating func walk(
    _ sections: ProgramSections, _ content: any OpenContent, _ depth: Int
  ) throws(ItemProblem) {
    for type in entries(at: 0) where Self.isFree(type.name) {
      for name in children(type) {
        let languages = children(name)
        for language in languages where language.offset & Self.isDirectory == 0 {
          guard let range = range(of: language, sections, size: content.facts.size),
            try Self.isArchive(range, in: content, depth)
          else { continue }
          let suffix = languages.count > 1 ? "/\(language.name)" : ""
          archives.append(
            Resource(name: "\(typeName(type))/\(text(name.name))\(suffix)", range: range))
        }
      }
    }
  }

  /// Whether Windows prescribes nothing about resources of a type (winuser.h): RT_RCDATA, RT_HTML, and types of one's own.
  private static func isFree(_ type: UInt32) -> Bool {
    type == 10 || type == 23 || type > 24
  }

  private static func isArchive(
    _ range: Range<UInt64>, in content: any OpenContent, _ depth: Int
  ) throws(ItemProblem) -> Bool {
    let magic = try content.bytes(
      at: range.lowerBound, count: min(range.count, magicLength))
    guard !magic.starts(with: [0x4D, 0x5A]) else {
      let part = ContentPart(content, range)
      let head = try part.bytes(at: 0, count: ArchiveSignature.headSize)
      return try Archives.archive(in: part, head.span.bytes, depth: depth + 1) != nil
    }
    switch ArchiveSignature(magic.span.bytes, size: UInt64(range.count)) {
    case .whole, .compoundFile: return true
    case .program, .disc, nil: return false
    }
  }

  // MARK: Tree

  private typealias Entry = (name: UInt32, offset: UInt32)

  private mutating func entries(at offset: Int) -> [Entry] {
    guard let named: UInt16 = number(at: offset + 12),
      let numbered: UInt16 = number(at: offset + 14)
    else { return [] }
    var entries = [Entry]()
    for index in 0..<(Int(named) + Int(numbered)) {
      guard count < Self.mostEntries else {
        isCut = true
        break
      }
      count += 1
      guard let name: UInt32 = number(at: offset + 16 + 8 * index),
        let place: UInt32 = number(at: offset + 20 + 8 * index)
      else { break }
      entries.append((name, place))
    }
    return entries
  }

  private mutating func children(_ entry: Entry) -> [Entry] {
    guard entry.offset & Self.isDirectory != 0 else { return [] }
    return entries(at: Int(entry.offset & ~Self.isDirectory))
  }

  /// Bytes of a resource, as far as the file has them; nil if it is too short.
  private mutating func range(of entry: Entry, _ sections: ProgramSections, size: UInt64)
    -> Range<UInt64>?
  {
    guard let address: UInt32 = number(at: Int(entry.offset)),
      let length: UInt32 = number(at: Int(entry.offset) + 4),
      let start = sections.range(from: UInt64(address))?.lowerBound, start < size
    else { return nil }
    let range = start..<(start + min(UInt64(length), size - start))
    return range.count >= Self.leastBytes ? range : nil
  }

  private mutating func typeName(_ type: Entry) -> String {
    switch type.name {
    case 10: "RCDATA"
    case 23: "HTML"
    default: text(type.name)
    }
  }

  /// A number, or a text with its length before it.
  private mutating func text(_ name: UInt32) -> String {
    guard name & Self.isDirectory != 0 else { return String(name) }
    let start = Int(name & ~Self.isDirectory)
    guard let count: UInt16 = number(at: start) else { return "?" }
    var units = [UInt16]()
    for index in 0..<min(Int(count), 64) {
      guard let unit: UInt16 = number(at: start + 2 + 2 * index) else { break }
      units.append(unit)
    }
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int)
    -> Number?
  {
    let number: Number? = directory.span.bytes.little(offset)
    if number == nil { isShort = true }
    return number
  }
}
