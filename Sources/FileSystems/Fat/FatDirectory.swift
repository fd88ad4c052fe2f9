import Bytes
import Evidence

/// Entries of a directory of FAT12, FAT16 or FAT32: short names, and long names in entries before
/// them. Source: Microsoft, "FAT32 File System Specification", "FAT Directory Structure" and "FAT
/// Long Directory Entries".
struct FatDirectory: FatDirectoryParser {
  private let geometry: FatGeometry
  /// Whether the directory itself is deleted: then nothing in it is in use, and only what looks
  /// like an entry in every field is one.
  private let isFree: Bool
  private var long = LongName()
  private var index = 0
  /// Whether the end mark was met: the following entries were never written, or are old.
  private var hasEnded = false
  private(set) var damaged = 0
  /// Whether the first entry names the directory itself.
  private(set) var namesItself = false

  init(_ geometry: FatGeometry, isFree: Bool) {
    self.geometry = geometry
    self.isFree = isFree
  }

  /// Attributes of an entry.
  private enum Attribute {
    static let volume: UInt8 = 0x08
    static let directory: UInt8 = 0x10
    static let longName: UInt8 = 0x0F
  }

  private static let deleted: UInt8 = 0xE5

  mutating func add(
    _ entry: UnsafeRawBufferPointer, at offset: UInt64, _ pass: (FatEntry) -> Void
  ) {
    defer { index += 1 }
    let attributes = entry[11]
    if entry[0] == 0 { hasEnded = true }
    guard entry[0] != 0 else {
      long = LongName()
      return
    }
    if attributes & Attribute.longName == Attribute.longName {
      long.add(entry)
      return
    }
    defer { long = LongName() }
    let isDirectory = attributes & Attribute.directory != 0
    if index < 2, isDirectory, Self.isDot(entry) {
      if index == 0 { namesItself = true }
      return
    }
    let isDeleted = entry[0] == Self.deleted
    let mustBeLikely = isFree || isDeleted || hasEnded
    guard mustBeLikely ? isLikely(entry) : attributes & 0xC0 == 0 else {
      if !mustBeLikely { damaged += 1 }
      return
    }
    guard !Self.isBlank(entry) else { return }
    pass(
      FatEntry(
        name: name(of: entry), inode: geometry.inode(at: offset), isFree: isDeleted || isFree,
        isDirectory: isDirectory, first: first(of: entry),
        size: isDirectory ? 0 : UInt64(entry.little(28, as: UInt32.self) ?? 0), written: .max,
        isContiguous: false, times: Self.times(of: entry)))
  }

  mutating func finish(_ pass: (FatEntry) -> Void) {}

  private func first(of entry: UnsafeRawBufferPointer) -> UInt32 {
    let low = UInt32(entry.little(26, as: UInt16.self) ?? 0)
    guard geometry.variant == .fat32 else { return low }
    return (UInt32(entry.little(20, as: UInt16.self) ?? 0) << 16 | low) & 0x0FFF_FFFF
  }

  private static func isDot(_ entry: UnsafeRawBufferPointer) -> Bool {
    entry[0] == 0x2E && (entry[1] == 0x2E || entry[1] == 0x20)
      && entry[2..<11].allSatisfy { $0 == 0x20 }
  }

  /// Whether nothing but a name is set: no time, no cluster, no size.
  private static func isBlank(_ entry: UnsafeRawBufferPointer) -> Bool {
    entry[14..<20].allSatisfy { $0 == 0 } && entry[20..<32].allSatisfy { $0 == 0 }
  }

  // MARK: Deleted entries

  /// Whether an entry that is not in use is one: The Sleuth Kit's tests (fatxxfs_is_dentry).
  private func isLikely(_ entry: UnsafeRawBufferPointer) -> Bool {
    let size = UInt64(entry.little(28, as: UInt32.self) ?? 0)
    let first = first(of: entry)
    guard first == 0 ? size == 0 : geometry.contains(first) || first == 1,
      size <= geometry.clusterCount * geometry.clusterSize, Self.isShortName(entry)
    else { return false }
    guard isFree || hasEnded else { return true }
    func plausible(_ date: Int, _ time: Int?) -> Bool {
      DosTime.isPlausible(
        entry.little(date, as: UInt16.self) ?? 0,
        time.flatMap { entry.little($0, as: UInt16.self) } ?? 0)
    }
    let isVolume = entry[11] & Attribute.volume != 0
    return entry[12] & ~0x18 == 0 && entry[11] & ~0x3F == 0
      && !(isVolume && entry[11] & 0x31 != 0) && entry[13] <= 200 && plausible(16, 14)
      && plausible(24, 22) && plausible(18, nil)
  }

  /// Whether all characters may be in a short name, and blanks only end it.
  private static func isShortName(_ entry: UnsafeRawBufferPointer) -> Bool {
    func isCharacter(_ byte: UInt8) -> Bool {
      switch byte {
      case ..<0x20, 0x22, 0x2A...0x2C, 0x2E, 0x2F, 0x3A...0x3F, 0x5B...0x5D, 0x7C: false
      default: true
      }
    }
    guard entry[0] != 0x20, isCharacter(entry[0]) || entry[0] == 0x05,
      entry[1..<11].allSatisfy(isCharacter)
    else { return false }
    guard entry[11] & Attribute.volume == 0 else { return true }
    return !(1..<7).contains { entry[$0] == 0x20 && entry[$0 + 1] != 0x20 }
      && !(entry[9] == 0x20 && entry[10] != 0x20)
  }

  // MARK: Names

  private func name(of entry: UnsafeRawBufferPointer) -> [UInt8] {
    if entry[11] & Attribute.volume != 0 {
      let label = entry[0..<11].map { $0 >= 0x20 && $0 != 0xFF ? $0 : UInt8(ascii: "^") }
      return FatEntry.cleaned(label) + Array(" (Volume Label Entry)".utf8)
    }
    if let name = long.name(of: entry) { return name }
    return Self.shortName(entry)
  }

  private static func shortName(_ entry: UnsafeRawBufferPointer) -> [UInt8] {
    func part(_ range: Range<Int>, isLower: Bool) -> [UInt8] {
      var bytes = Array(entry[range])
      while bytes.last == 0x20 { bytes.removeLast() }
      return bytes.enumerated().compactMap { index, byte in
        switch byte {
        case 0, 0xFF: nil
        case deleted where range.lowerBound + index == 0: UInt8(ascii: "_")
        case 0x41...0x5A where isLower: byte + 32
        // Which characters these are depends on a code page that nothing names.
        case 0x7F...: UInt8(ascii: "^")
        default: byte
        }
      }
    }
    let base = part(0..<8, isLower: entry[12] & 0x08 != 0)
    let type = part(8..<11, isLower: entry[12] & 0x10 != 0)
    let name = FatEntry.cleaned(type.isEmpty ? base : base + [UInt8(ascii: ".")] + type)
    return name.isEmpty ? [UInt8(ascii: "^")] : name
  }

  private static func times(of entry: UnsafeRawBufferPointer) -> FileTimes {
    func number(_ offset: Int) -> UInt16 { entry.little(offset) ?? 0 }
    return FileTimes(
      modified: DosTime.timestamp(number(24), number(22)),
      created: DosTime.timestamp(
        number(16), number(14), hundredths: entry[13], fine: entry[13]),
      accessed: DosTime.timestamp(number(18), 0), areLocal: true)
  }
}

/// A long name, assembled from the entries before the short one; the last part comes first.
private struct LongName {
  private var parts: [[UInt8]] = []
  private var checksum: UInt8 = 0
  private var areFree = false
  /// Number of the part that comes next; 0 if the name is complete.
  private var next: UInt8 = 0

  /// Limit of parts: 255 characters, 13 in each.
  private static let most = 20

  /// Adds an entry: its number at 0 (0x40 marks the last part; 0xE5 replaces it in deleted
  /// entries), characters at 1, 14 and 28, a checksum of the short name at 13.
  mutating func add(_ entry: UnsafeRawBufferPointer) {
    let part = Array(entry[1..<11]) + Array(entry[14..<26]) + Array(entry[28..<32])
    let number = entry[0]
    if number == 0xE5 {
      let continues =
        areFree && !parts.isEmpty && checksum == entry[13] && parts.count < Self.most
      if !continues { parts = [] }
      areFree = true
    } else if number & 0x40 != 0 {
      parts = []
      areFree = false
      next = number & 0x3F
      guard (1...UInt8(Self.most)).contains(next) else { return }
      next -= 1
    } else {
      guard !areFree, !parts.isEmpty, number == next, next > 0, checksum == entry[13] else {
        // It belongs to no name: nor does the next short entry to it.
        self = LongName()
        return
      }
      next -= 1
    }
    checksum = entry[13]
    parts.append(part)
  }

  /// The name, if it is that of the short entry that follows; nil if there is none.
  func name(of entry: UnsafeRawBufferPointer) -> [UInt8]? {
    guard !parts.isEmpty, areFree == (entry[0] == 0xE5) else { return nil }
    if areFree {
      // The first character is lost; the checksum determines it.
      guard Self.isFirstCharacter(self.first(of: entry)) else { return nil }
    } else {
      guard next == 0, Self.checksum(entry[0], entry) == checksum else { return nil }
    }
    var units = Array(parts.reversed().joined())
    if let end = stride(from: 0, to: units.count, by: 2).first(where: {
      units[$0] == 0 && units[$0 + 1] == 0
    }) {
      units.removeLast(units.count - end)
    }
    let name = FatEntry.cleaned(units.withUnsafeBytes { NtfsName.utf8($0) })
    return name.isEmpty ? nil : name
  }

  private static func checksum(_ first: UInt8, _ entry: UnsafeRawBufferPointer) -> UInt8 {
    entry[1..<11].reduce(first) { sum, byte in (sum >> 1 | sum << 7) &+ byte }
  }

  /// First character of the short name whose checksum this is.
  private func first(of entry: UnsafeRawBufferPointer) -> UInt8 {
    entry[1..<11].reversed().reduce(checksum) { sum, byte in
      let before = sum &- byte
      return before << 1 | before >> 7
    }
  }

  private static func isFirstCharacter(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x2E && !(0x61...0x7A).contains(byte) || byte == 0x05
  }
}
