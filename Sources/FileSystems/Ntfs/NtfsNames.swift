import Bytes

/// A file name from a `$FILE_NAME` attribute (libfsntfs, file name attribute): reference of its
/// directory at 0, length at 64, name space at 65, name in UTF-16 from 66.
package struct NtfsName {
  let directory: NtfsReference
  let name: [UInt8]
  /// Whether it is a short DOS name beside a long one.
  let isShort: Bool

  init?(_ content: UnsafeRawBufferPointer) {
    guard content.count >= 66, let reference: UInt64 = content.little(0) else { return nil }
    let length = 2 * Int(content[64])
    guard 66 + length <= content.count else { return nil }
    directory = NtfsReference(reference)
    isShort = content[65] == 2
    name = Self.utf8(UnsafeRawBufferPointer(rebasing: content[66..<(66 + length)]))
  }

  /// Converts UTF-16 to UTF-8. An unpaired surrogate is encoded like a character, so that
  /// different names stay different.
  package static func utf8(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(text.count)
    var offset = 0
    while let unit: UInt16 = text.little(offset) {
      offset += 2
      var scalar = UInt32(unit)
      if unit & 0xFC00 == 0xD800, let low: UInt16 = text.little(offset), low & 0xFC00 == 0xDC00 {
        scalar = 0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF
        offset += 2
      }
      switch scalar {
      case ..<0x80: bytes.append(UInt8(scalar))
      case ..<0x800:
        bytes.append(UInt8(0xC0 | scalar >> 6))
        bytes.append(UInt8(0x80 | scalar & 0x3F))
      case ..<0x10000:
        bytes.append(UInt8(0xE0 | scalar >> 12))
        bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        bytes.append(UInt8(0x80 | scalar & 0x3F))
      default:
        bytes.append(UInt8(0xF0 | scalar >> 18))
        bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
        bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        bytes.append(UInt8(0x80 | scalar & 0x3F))
      }
    }
    return bytes
  }
}

/// Number of an entry, with its sequence number when the reference was made.
struct NtfsReference: Hashable {
  let entry: UInt64
  let sequence: UInt16

  /// 48 bits of entry number, 16 of sequence number.
  init(_ reference: UInt64) {
    entry = reference & 0xFFFF_FFFF_FFFF
    sequence = UInt16(reference >> 48)
  }
}

/// Directories of a volume, by entry number.
struct NtfsDirectories {
  private struct Directory {
    let name: NtfsName
    let sequence: UInt16
    let isInUse: Bool
  }

  private var directories: [UInt64: Directory] = [:]
  private var paths: [UInt64: Place] = [:]

  /// Path of a file.
  struct Place {
    let path: RawPath
    /// Whether a directory on the path is lost.
    let isOrphan: Bool

    static let orphans = Place(path: "/$OrphanFiles", isOrphan: true)
  }

  /// Entry of the root directory.
  static let root: UInt64 = 5
  /// First entry of ordinary files: those below are NTFS's own or reserved.
  static let firstOrdinary: UInt64 = 16

  /// Limit of nested directories: a longer chain is an attack on code that joins the names.
  private static let maximumDepth = 4096

  /// Records a directory.
  mutating func add(_ entry: UInt64, name: NtfsName, sequence: UInt16, isInUse: Bool) {
    directories[entry] = Directory(name: name, sequence: sequence, isInUse: isInUse)
  }

  /// Path of the directory that is referred to. NTFS increments the sequence number when it frees
  /// an entry: with a higher one the entry is another directory now.
  mutating func place(of reference: NtfsReference) -> Place {
    var chain = [UInt64]()
    var next = reference
    var place = Place(path: "/", isOrphan: false)
    while next.entry != Self.root {
      if let known = paths[next.entry], isSame(next) {
        place = known
        break
      }
      guard isSame(next), let directory = directories[next.entry], chain.count < Self.maximumDepth
      else {
        place = .orphans
        break
      }
      chain.append(next.entry)
      next = directory.name.directory
    }
    for entry in chain.reversed() {
      guard let directory = directories[entry] else { continue }
      place = Place(
        path: place.path.appending(RawPath(directory.name.name)), isOrphan: place.isOrphan)
      paths[entry] = place
    }
    return place
  }

  private func isSame(_ reference: NtfsReference) -> Bool {
    guard let directory = directories[reference.entry] else { return false }
    return directory.sequence
      == (directory.isInUse ? reference.sequence : reference.sequence &+ 1)
  }
}
