import Bytes
import Evidence

/// The headers and the region table of a VHDX (MS-VHDX 2.2): little-endian, each there twice, so that one
/// is sound whenever the other was being written.
struct VhdxHeader {
  /// Changes whenever the content does: what a child knows its parent by.
  let data: VhdxIdentifier
  /// Zeros if the log is empty.
  let log: [UInt8]
  let logOffset: UInt64
  let logLength: UInt64

  static let empty = [UInt8](repeating: 0, count: 16)

  /// The header that was written last (MS-VHDX 2.2.2).
  init(_ file: ImageFile) throws(ImageError) {
    var current: (sequence: UInt64, bytes: [UInt8])?
    for place in [UInt64(64 << 10), 128 << 10] {
      guard let bytes = try? file.bytes(at: place, count: 4096), bytes.has("head", at: 0),
        CRC32C.checksum(of: bytes, at: 4) == bytes.little(4)
      else { continue }
      let sequence: UInt64 = bytes.little(8)
      if current.map({ $0.sequence < sequence }) ?? true { current = (sequence, bytes) }
    }
    guard let bytes = current?.bytes else {
      throw ImageError(damaged: file.path, "none of its headers is sound")
    }
    guard bytes.little(66, as: UInt16.self) == 1 else {
      throw ImageError(
        unsupported: file.path, "VHDX of version \(bytes.little(66, as: UInt16.self))")
    }
    data = VhdxIdentifier(bytes[32..<48])
    log = Array(bytes[48..<64])
    logLength = UInt64(bytes.little(68, as: UInt32.self))
    logOffset = bytes.little(72)
  }
}

/// A globally unique identifier as Microsoft stores it: three little-endian numbers, eight bytes.
struct VhdxIdentifier: Hashable {
  let bytes: [UInt8]

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// From the form `2DC27766-F623-4200-9D64-115E9BFD4A08`, with or without braces; nil for other text.
  init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != 0x7B && $0 != 0x7D }
    guard digits.count == 32 else { return nil }
    var bytes = [UInt8]()
    for index in stride(from: 0, to: 32, by: 2) {
      let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.bytes = [3, 2, 1, 0, 5, 4, 7, 6].map { bytes[$0] } + bytes[8...]
  }
}

/// Where the regions of a VHDX are: the table of blocks, and the metadata (MS-VHDX 2.2.3).
struct VhdxRegions {
  private let places: [VhdxIdentifier: (offset: UInt64, length: UInt64)]

  static let blocks = VhdxIdentifier("2DC27766-F623-4200-9D64-115E9BFD4A08")!
  static let metadata = VhdxIdentifier("8B7CA206-4790-4B9A-B8FE-575F050F886E")!

  init(_ file: ImageFile) throws(ImageError) {
    for place in [UInt64(192 << 10), 256 << 10] {
      guard let bytes = try? file.bytes(at: place, count: 64 << 10), bytes.has("regi", at: 0),
        CRC32C.checksum(of: bytes, at: 4) == bytes.little(4)
      else { continue }
      // As many as fit into the table.
      let count = min(bytes.little(8, as: UInt32.self), 2047)
      var places = [VhdxIdentifier: (offset: UInt64, length: UInt64)]()
      for entry in stride(from: 16, to: 16 + Int(count) * 32, by: 32) {
        let identifier = VhdxIdentifier(bytes[entry..<(entry + 16)])
        let isRequired = bytes[entry + 28] & 1 == 1
        guard identifier == Self.blocks || identifier == Self.metadata || !isRequired else {
          throw ImageError(unsupported: file.path, "VHDX with a region that is not known")
        }
        let length: UInt32 = bytes.little(entry + 24)
        places[identifier] = (bytes.little(entry + 16), UInt64(length))
      }
      self.places = places
      return
    }
    throw ImageError(damaged: file.path, "none of its region tables is sound")
  }

  /// A region that every VHDX has, inside the file.
  func place(of region: VhdxIdentifier, in file: ImageFile) throws(ImageError)
    -> (offset: UInt64, length: UInt64)
  {
    guard let place = places[region] else {
      throw ImageError(damaged: file.path, "a region of it is missing")
    }
    guard place.offset <= file.length, place.length <= file.length - place.offset else {
      throw ImageError(
        "\(file.path.shown): cut off, or damaged: a region lies behind its end", .truncated)
    }
    return place
  }
}
