import Bytes

/// The bytes of an executable that its loader maps as code and data, in which code identity counts.
///
/// Bytes elsewhere can be added to another vendor's program without changing it: behind the last section, in the
/// padding of a certificate table, in a resource that holds another program.
struct CodeRanges {
  /// Raw ranges of sections or segments, without the bytes in ``structure``; in order, without overlaps.
  let counted: [Range<Int>]
  /// Headers and resources: modules of libyara read them, and nothing in them is code.
  let structure: [Range<Int>]

  /// The ranges of a PE, ELF or Mach-O file; nil for anything else.
  init?(_ bytes: RawSpan) {
    guard
      let (mapped, structure) = Self.executable(bytes) ?? Self.elf(bytes) ?? Self.machO(bytes)
    else { return nil }
    let limit = 0..<bytes.byteCount
    let inner = Self.joined(structure.map { $0.clamped(to: limit) })
    self.structure = inner
    counted = Self.joined(mapped.map { $0.clamped(to: limit) }).flatMap {
      Self.remove(inner, from: $0)
    }
  }

  /// Whether all of a match lies in one counted range.
  func count(_ match: Range<Int>) -> Bool {
    let next = counted.partitionPoint { $0.upperBound >= match.upperBound }
    return next < counted.count && counted[next].lowerBound <= match.lowerBound
  }

  // MARK: Formats

  private typealias Ranges = (mapped: [Range<Int>], structure: [Range<Int>])

  /// The whole raw range of a section: Windows maps the smaller of virtual and raw size, and signatures cover both.
  private static func executable(_ bytes: RawSpan) -> Ranges? {
    guard let image = ExecutableSections(bytes) else { return nil }
    var structure = [image.headers]
    if let resources = image.resources { structure.append(resources) }
    // A section that claims the certificate table does not make it code.
    if let (offset, size) = PortableExecutable(bytes)?.table {
      structure.append(offset..<(offset + size))
    }
    return (image.sections.map(\.raw), structure)
  }

  /// System V ABI, "Program Header": loadable segments; of an object that has none, such as a kernel module, the
  /// sections that are allocated ("Sections", SHF_ALLOC).
  private static func elf(_ bytes: RawSpan) -> Ranges? {
    guard bytes.unsigned32(at: 0) == 0x464C_457F, let kind = bytes.unsigned16(at: 4) else {
      return nil
    }
    // Files in the other byte order are not read, so no byte of them counts.
    guard kind >> 8 == 1 else { return ([], [0..<64]) }
    let is64 = kind & 0xFF == 2
    func table(_ offset: Int, _ count: Int) -> (Int, Int)? {
      let start = is64 ? bytes.unsigned64(at: offset) : bytes.unsigned32(at: offset)
      guard let start, let entries = bytes.unsigned16(at: count) else { return nil }
      return (start, min(entries, ExecutableSections.maximumSections))
    }
    func range(_ offset: Int, _ size: Int) -> Range<Int>? {
      let start = is64 ? bytes.unsigned64(at: offset) : bytes.unsigned32(at: offset)
      let length = is64 ? bytes.unsigned64(at: size) : bytes.unsigned32(at: size)
      guard let start, let length, start <= bytes.byteCount else { return nil }
      return start..<(start + min(length, bytes.byteCount - start))
    }
    var mapped = [Range<Int>]()
    var structure = [0..<(is64 ? 64 : 52)]
    if let (start, count) = table(is64 ? 32 : 28, is64 ? 56 : 44) {
      for index in 0..<count {
        let entry = start + index * (is64 ? 56 : 32)
        guard bytes.unsigned32(at: entry) == 1 else { continue }
        if let range = range(entry + (is64 ? 8 : 4), entry + (is64 ? 32 : 16)) {
          mapped.append(range)
        }
      }
    }
    let hasSegments = !mapped.isEmpty
    if let (start, count) = table(is64 ? 40 : 32, is64 ? 60 : 48) {
      let length = count * (is64 ? 64 : 40)
      structure.append(start..<(start + min(length, max(0, bytes.byteCount - start))))
      for index in 0..<(hasSegments ? 0 : count) {
        let entry = start + index * (is64 ? 64 : 40)
        let isAllocated = bytes.unsigned32(at: entry + 8).map { $0 & 2 != 0 } ?? false
        // SHT_NOBITS takes no bytes of the file.
        guard isAllocated, bytes.unsigned32(at: entry + 4) != 8 else { continue }
        if let range = range(entry + (is64 ? 24 : 16), entry + (is64 ? 32 : 20)) {
          mapped.append(range)
        }
      }
    }
    return (mapped, structure)
  }

  /// mach-o/loader.h: LC_SEGMENT and LC_SEGMENT_64, less LC_CODE_SIGNATURE; mach-o/fat.h: slices.
  private static func machO(_ bytes: RawSpan) -> Ranges? {
    switch bytes.unsigned32(at: 0) {
    case 0xFEED_FACE?, 0xFEED_FACF?: return slice(bytes, at: 0)
    case 0xBEBA_FECA?, 0xBFBA_FECA?:
      // A class file of Java begins alike; its "count" is a version above 40.
      guard let count = bytes.unsigned32(at: 4)?.byteSwapped32, count <= 40 else { return nil }
      let is64 = bytes.unsigned32(at: 0) == 0xBFBA_FECA
      var all: Ranges = ([], [0..<(8 + count * (is64 ? 32 : 20))])
      for index in 0..<count {
        let entry = 8 + index * (is64 ? 32 : 20)
        guard let start = bytes.unsigned32(at: entry + (is64 ? 12 : 8))?.byteSwapped32,
          let slice = slice(bytes, at: start)
        else { continue }
        all.mapped += slice.mapped
        all.structure += slice.structure
      }
      return all
    default: return nil
    }
  }

  private static func slice(_ bytes: RawSpan, at start: Int) -> Ranges? {
    guard let magic = bytes.unsigned32(at: start), magic == 0xFEED_FACE || magic == 0xFEED_FACF,
      let count = bytes.unsigned32(at: start + 16), let size = bytes.unsigned32(at: start + 20)
    else { return nil }
    var command = start + (magic == 0xFEED_FACF ? 32 : 28)
    var ranges: Ranges = ([], [start..<(command + size)])
    for _ in 0..<min(count, ExecutableSections.maximumSections) {
      guard let kind = bytes.unsigned32(at: command),
        let length = bytes.unsigned32(at: command + 4),
        length >= 8
      else { break }
      switch kind {
      case 0x1:
        guard let offset = bytes.unsigned32(at: command + 32),
          let size = bytes.unsigned32(at: command + 36)
        else { break }
        ranges.mapped.append((start + offset)..<(start + offset + size))
      case 0x19:
        guard let offset = bytes.unsigned64(at: command + 40),
          let size = bytes.unsigned64(at: command + 48)
        else { break }
        ranges.mapped.append((start + offset)..<(start + offset + size))
      case 0x1D:
        guard let offset = bytes.unsigned32(at: command + 8),
          let size = bytes.unsigned32(at: command + 12)
        else { break }
        ranges.structure.append((start + offset)..<(start + offset + size))
      default: break
      }
      command += length
    }
    return ranges
  }

  // MARK: Ranges

  /// The same bytes as ranges in order that do not touch.
  private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var joined = [Range<Int>]()
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  private static func remove(_ holes: [Range<Int>], from range: Range<Int>) -> [Range<Int>] {
    var rest = [Range<Int>]()
    var start = range.lowerBound
    for hole in holes where hole.overlaps(range) {
      if hole.lowerBound > start { rest.append(start..<hole.lowerBound) }
      start = max(start, hole.upperBound)
    }
    if start < range.upperBound { rest.append(start..<range.upperBound) }
    return rest
  }
}

extension Int {
  /// A number of 32 bits with its bytes reversed.
  fileprivate var byteSwapped32: Int { Int(UInt32(truncatingIfNeeded: self).byteSwapped) }
}

extension RawSpan {
  /// A little-endian number of eight bytes; nil beyond the end, and for one that is no place in a file.
  fileprivate func unsigned64(at offset: Int) -> Int? {
    guard let value = little(offset, as: UInt64.self) else { return nil }
    return value <= UInt64(1 << 48) ? Int(value) : nil
  }
}
