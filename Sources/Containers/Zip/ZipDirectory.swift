import Bytes
import Evidence

/// Location of the central directory of a Zip archive (APPNOTE.TXT 4.3.14 to 4.3.16).
struct ZipDirectory {
  let offset: UInt64
  let length: UInt64

  init(_ file: ImageFile) throws(ImageError) {
    // The end record is the last item in the file, except for a comment of up to 64 KiB.
    let count = Int(min(file.length, 22 + 65535))
    let start = file.length - UInt64(count)
    let tail = try file.bytes(at: start, count: count)
    guard
      let end = stride(from: count - 22, through: 0, by: -1).first(where: { place in
        tail.has("PK\u{05}\u{06}", at: place)
          && Int(tail.little(place + 20, as: UInt16.self)) == count - place - 22
      })
    else {
      throw ImageError(
        "\(file.path.shown): truncated or damaged: it has no Zip directory at its end", .truncated)
    }
    guard tail.little(end + 4, as: UInt16.self) == 0 || tail.little(end + 4) as UInt16 == .max
    else {
      throw ImageError(unsupported: file.path, "multi-part Zip archive")
    }
    let short = (
      offset: UInt64(tail.little(end + 16, as: UInt32.self)),
      length: UInt64(tail.little(end + 12, as: UInt32.self))
    )
    if end >= 20, tail.has("PK\u{06}\u{07}", at: end - 20) {
      // Zip64: a preceding locator refers to a record with 64-bit numbers.
      let record = try file.bytes(at: tail.little(end - 12), count: 56)
      guard record.has("PK\u{06}\u{06}", at: 0) else {
        throw ImageError(damaged: file.path, "the Zip directory is misplaced")
      }
      (offset, length) = (record.little(48), record.little(40))
    } else {
      (offset, length) = short
    }
    guard offset <= file.length, length <= file.length - offset else {
      throw ImageError(damaged: file.path, "the Zip directory is beyond the end of the file")
    }
  }
}

/// A member of a Zip archive according to the central directory (APPNOTE.TXT 4.3.12).
struct ZipMember: Hashable, Sendable {
  enum Method {
    case stored, deflated, other
  }

  let method: Method
  /// Offset of its local header in the file.
  let offset: UInt64
  let length: UInt64
  let packedLength: UInt64

  /// Parses the entry at an offset of the directory: member, name, and length in bytes; nil if it
  /// is invalid.
  static func entry(_ bytes: [UInt8], at place: Int) -> (String, ZipMember, Int)? {
    guard bytes.count - place >= 46, bytes.has("PK\u{01}\u{02}", at: place) else { return nil }
    let name = place + 46
    let extra = name + Int(bytes.little(place + 28, as: UInt16.self))
    let comment = extra + Int(bytes.little(place + 30, as: UInt16.self))
    let end = comment + Int(bytes.little(place + 32, as: UInt16.self))
    guard end <= bytes.count else { return nil }
    var sizes = [
      UInt64(bytes.little(place + 24, as: UInt32.self)),
      UInt64(bytes.little(place + 20, as: UInt32.self)),
      UInt64(bytes.little(place + 42, as: UInt32.self)),
    ]
    widen(&sizes, by: Array(bytes[extra..<comment]))
    // Bit 0 marks encryption.
    let isEncrypted = bytes[place + 8] & 1 != 0
    let method: Method =
      switch (isEncrypted, bytes.little(place + 10, as: UInt16.self)) {
      case (false, 0): .stored
      case (false, 8): .deflated
      default: .other
      }
    let member = ZipMember(
      method: method, offset: sizes[2], length: sizes[0], packedLength: sizes[1])
    return (String(decoding: bytes[name..<extra], as: UTF8.self), member, end - place)
  }

  /// Replaces numbers that are all ones by those in an extra field of kind 1 (Zip64), in this
  /// order.
  private static func widen(_ sizes: inout [UInt64], by extra: [UInt8]) {
    var position = 0
    while extra.count - position >= 4 {
      let kind: UInt16 = extra.little(position)
      let end = position + 4 + Int(extra.little(position + 2, as: UInt16.self))
      guard end <= extra.count else { return }
      if kind == 1 {
        var place = position + 4
        for index in sizes.indices where sizes[index] == UInt32.max && end - place >= 8 {
          sizes[index] = extra.little(place)
          place += 8
        }
        return
      }
      position = end
    }
  }
}
