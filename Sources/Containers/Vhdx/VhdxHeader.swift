import Bytes
import Evidence

/// Headers and region table of a VHDX (MS-VHDX 2.2): little-endian, each stored twice, so that
/// one is sound while the other is being written.
struct VhdxHeader {
  /// Identifier that changes with the content: a child uses it to recognise its parent.
  let data: VhdxIdentifier
  /// Log identifier; zeros if the log is empty.
  let log: [UInt8]
  let logOffset: UInt64
  let logLength: UInt64

  static let empty = [UInt8](repeating: 0, count: 16)

  /// Reads the header that was written last (MS-VHDX 2.2.2).
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
      throw ImageError(damaged: file.path, "no header is valid")
    }
    guard bytes.little(66, as: UInt16.self) == 1 else {
      throw ImageError(
        unsupported: file.path, "VHDX version \(bytes.little(66, as: UInt16.self))")
    }
    data = VhdxIdentifier(bytes[32..<48])
    log = Array(bytes[48..<64])
    logLength = UInt64(bytes.little(68, as: UInt32.self))
    logOffset = bytes.little(72)
  }
}

/// A GUID in Microsoft's stored form: three little-endian numbers, then eight bytes.
struct VhdxIdentifier: Hashable {
  let bytes: [UInt8]

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// Parses the form `2DC27766-F623-4200-9D64-115E9BFD4A08`, with or without braces; nil for
  /// other text.
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

/// Locations of a VHDX's regions: the block table, and the metadata (MS-VHDX 2.2.3).
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
          throw ImageError(unsupported: file.path, "VHDX with an unknown required region")
        }
        let length: UInt32 = bytes.little(entry + 24)
        places[identifier] = (bytes.little(entry + 16), UInt64(length))
      }
      self.places = places
      return
    }
    throw ImageError(damaged: file.path, "no region table is valid")
  }

  /// Location of a mandatory region, inside the file.
  func place(of region: VhdxIdentifier, in file: ImageFile) throws(ImageError)
    -> (offset: UInt64, length: UInt64)
  {
    guard let place = places[region] else {
      throw ImageError(damaged: file.path, "a required region is missing")
    }
    guard place.offset <= file.length, place.length <= file.length - place.offset else {
      throw ImageError(
        "\(file.path.shown): truncated or damaged: a region is beyond its end", .truncated)
    }
    return place
  }
}
