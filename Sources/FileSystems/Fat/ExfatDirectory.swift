import Bytes
import Evidence

/// Entries of a directory of exFAT: a set for each file, of a file entry, a stream entry and
/// entries for its name. Source: Microsoft, "exFAT file system specification", 6 and 7.
struct ExfatDirectory: FatDirectoryParser {
  private let geometry: FatGeometry
  /// Whether the directory itself is deleted.
  private let isFree: Bool
  private var set: EntrySet?
  private(set) var damaged = 0
  /// The allocation bitmap: first cluster, and length in bytes.
  private(set) var bitmap: (first: UInt32, length: UInt64)?

  init(_ geometry: FatGeometry, isFree: Bool) {
    self.geometry = geometry
    self.isFree = isFree
  }

  /// A set that is not complete yet.
  private struct EntrySet {
    let inode: UInt64
    let isUsed: Bool
    let isDirectory: Bool
    let times: FileTimes
    /// Entries that are still to come.
    var missing: Int
    let checksum: UInt16
    var sum: UInt16 = 0
    var stream: Stream?
    var name: [UInt8] = []
  }

  private struct Stream {
    let isContiguous: Bool
    let nameLength: Int
    let written: UInt64
    let first: UInt32
    let size: UInt64
  }

  mutating func add(
    _ entry: UnsafeRawBufferPointer, at offset: UInt64, _ pass: (FatEntry) -> Void
  ) {
    let isUsed = entry[0] & 0x80 != 0
    switch entry[0] & 0x7F {
    case 0x05:
      end(pass)
      set = EntrySet(
        inode: geometry.inode(at: offset), isUsed: isUsed, isDirectory: entry[4] & 0x10 != 0,
        times: Self.times(of: entry), missing: Int(entry[1]),
        checksum: entry.little(2, as: UInt16.self) ?? 0)
      add(entry, isFirst: true)
    case 0x40 where isPart(isUsed) && set?.stream == nil:
      set?.stream = Stream(
        isContiguous: entry[1] & 2 != 0, nameLength: Int(entry[3]),
        written: entry.little(8, as: UInt64.self) ?? 0,
        first: entry.little(20, as: UInt32.self) ?? 0,
        size: entry.little(24, as: UInt64.self) ?? 0)
      add(entry, isFirst: false)
      if set?.missing == 0 { end(pass) }
    case 0x41 where isPart(isUsed) && set?.stream != nil:
      set?.name += entry[2..<32]
      add(entry, isFirst: false)
      if set?.missing == 0 { end(pass) }
    case 0x60...0x7F where isPart(isUsed) && set?.stream != nil && set?.name.isEmpty == false:
      // A benign secondary entry, such as a vendor's.
      add(entry, isFirst: false)
      if set?.missing == 0 { end(pass) }
    default:
      end(pass)
      addSpecial(entry, at: offset, isUsed, pass)
    }
  }

  mutating func finish(_ pass: (FatEntry) -> Void) { end(pass) }

  private func isPart(_ isUsed: Bool) -> Bool {
    set.map { $0.isUsed == isUsed && $0.missing > 0 } ?? false
  }

  /// Adds an entry to the checksum of its set (6.3.3), which leaves out its own place.
  private mutating func add(_ entry: UnsafeRawBufferPointer, isFirst: Bool) {
    guard var current = set else { return }
    for (index, byte) in entry.enumerated() where !isFirst || index != 2 && index != 3 {
      current.sum = (current.sum << 15 | current.sum >> 1) &+ UInt16(byte)
    }
    if !isFirst { current.missing -= 1 }
    set = current
  }

  private mutating func end(_ pass: (FatEntry) -> Void) {
    guard let set else { return }
    self.set = nil
    let isInUse = set.isUsed && !isFree
    guard let stream = set.stream, !set.name.isEmpty else {
      if isInUse { damaged += 1 }
      return
    }
    let heap = geometry.clusterCount * geometry.clusterSize
    guard
      isInUse
        || stream.size <= heap
          && (stream.first == 0 ? stream.size == 0 : geometry.contains(stream.first))
    else { return }
    let units = Array(set.name.prefix(2 * stream.nameLength))
    let name = FatEntry.cleaned(units.withUnsafeBytes { NtfsName.utf8($0) })
    let isWhole = set.missing == 0 && set.sum == set.checksum
    pass(
      FatEntry(
        name: name.isEmpty ? [UInt8(ascii: "^")] : name, inode: set.inode, isFree: !isInUse,
        isDirectory: set.isDirectory, first: stream.first, size: stream.size,
        written: stream.written, isContiguous: stream.isContiguous, times: set.times,
        damage: isWhole || !isInUse ? nil : "checksum mismatch in its directory entries"))
  }

  // MARK: The root's own entries

  /// Passes on the entries that The Sleuth Kit lists as files: label, bitmap, up-case table.
  private mutating func addSpecial(
    _ entry: UnsafeRawBufferPointer, at offset: UInt64, _ isUsed: Bool, _ pass: (FatEntry) -> Void
  ) {
    guard !isFree else { return }
    func special(_ name: String, first: UInt32 = 0, size: UInt64 = 0, isContiguous: Bool = false) {
      pass(
        FatEntry(
          name: Array(name.utf8), inode: geometry.inode(at: offset), isFree: false,
          isDirectory: false, first: first, size: size, written: .max,
          isContiguous: isContiguous, times: FileTimes(areLocal: true)))
    }
    let first = entry.little(20, as: UInt32.self) ?? 0
    let length = entry.little(24, as: UInt64.self) ?? 0
    switch entry[0] {
    case 0x03 where entry[1..<32].allSatisfy { $0 == 0 }:
      special("$EMPTY_VOLUME_LABEL (Volume Label Entry)")
    case 0x83 where (1...15).contains(entry[1]):
      let label = NtfsName.utf8(
        UnsafeRawBufferPointer(rebasing: entry[2..<(2 + 2 * Int(entry[1]))]))
      special(
        String(decoding: FatEntry.cleaned(label), as: UTF8.self) + " (Volume Label Entry)")
    case 0x81 where geometry.contains(first) && length == (geometry.clusterCount + 7) / 8:
      if bitmap == nil { bitmap = (first, length) }
      special("$ALLOC_BITMAP", first: first, size: length, isContiguous: true)
    case 0x82 where geometry.contains(first) && length > 0:
      special("$UPCASE_TABLE", first: first, size: length)
    case 0xA0: special("$VOLUME_GUID")
    case 0xA1: special("$TEX_FAT")
    default: break
    }
  }

  private static func times(of entry: UnsafeRawBufferPointer) -> FileTimes {
    func number(_ offset: Int) -> UInt16 { entry.little(offset) ?? 0 }
    return FileTimes(
      modified: DosTime.timestamp(
        number(14), number(12), hundredths: entry[21], fine: entry[21]),
      created: DosTime.timestamp(number(10), number(8), hundredths: entry[20], fine: entry[20]),
      accessed: DosTime.timestamp(number(18), number(16)), areLocal: true)
  }
}
