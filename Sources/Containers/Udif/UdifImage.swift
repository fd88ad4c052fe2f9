import Bytes
import Evidence

/// An Apple disk image (UDIF; libmodi, "Mac OS disk image types"): chunks of sectors, each
/// stored, empty or compressed. Their tables are in a property list at the end, which a trailer
/// locates. Big-endian.
final class UdifImage: MappedImage, ContainerFormat, ChunkDecoder {
  private let file: ImageFile
  /// Chunks in order, without overlap.
  private let parts: [Chunk]
  private let cache = ChunkCache<UInt64>()
  private let tally = ChunkTally()
  let size: UInt64

  var chunks: ChunkCounts { tally.counts }
  var words: String { "Apple disk image (UDIF)" }

  private struct Chunk {
    let range: Range<UInt64>
    let kind: Kind
    /// Byte range in the file.
    let place: Range<UInt64>

    enum Kind {
      case zeros, stored, deflated, bzip2, lzma
    }
  }

  /// Largest chunk in bytes; compressors write 256 KiB to 1 MiB.
  private static let maximumChunk: UInt64 = 64 << 20
  /// Largest property list in bytes.
  private static let maximumList: UInt64 = 64 << 20

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    guard file.length >= 512 else { throw ImageError(damaged: file.path, "too short") }
    let trailer = try file.bytes(at: file.length - 512, count: 512)
    guard trailer.big(60, as: UInt32.self) <= 1 else {
      throw ImageError(unsupported: file.path, "segmented Apple disk image")
    }
    let sectors: UInt64 = trailer.big(492)
    let length: UInt64 = trailer.big(224)
    guard sectors <= UInt64(Int64.max) / 512, length > 0, length <= Self.maximumList else {
      throw ImageError(
        damaged: file.path, "invalid header: \(sectors) sectors, a property list of \(length) bytes"
      )
    }
    let list = try file.bytes(at: trailer.big(216), count: Int(length))
    var chunks = [Chunk]()
    for table in PropertyList.blockTables(of: list) {
      try Self.read(table, dataFork: trailer.big(24), into: &chunks, file)
    }
    chunks.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard zip(chunks, chunks.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound })
    else {
      throw ImageError(damaged: file.path, "chunks overlap")
    }
    parts = chunks
    size = max(sectors * 512, chunks.last?.range.upperBound ?? 0)
  }

  /// Reads a `mish` table: first sector at 8, offset of its data at 24, number of chunks at 200;
  /// chunks of 40 bytes: kind, comment, first sector, sectors, offset, length.
  private static func read(
    _ table: [UInt8], dataFork: UInt64, into chunks: inout [Chunk], _ file: ImageFile
  ) throws(ImageError) {
    guard table.count >= 204, table.has("mish", at: 0) else {
      throw ImageError(damaged: file.path, "a chunk table cannot be parsed")
    }
    let count = min(Int(table.big(200, as: UInt32.self)), (table.count - 204) / 40)
    for place in stride(from: 204, to: 204 + count * 40, by: 40) {
      let code: UInt32 = table.big(place)
      // Comments, and the end marker.
      guard code != 0x7FFF_FFFE, code != 0xFFFF_FFFF else { continue }
      let sectors: UInt64 = table.big(place + 16)
      guard sectors > 0 else { continue }
      let start = sum(table.big(8), table.big(place + 8))
      let offset = sum(sum(dataFork, table.big(24)), table.big(place + 24))
      let length: UInt64 = table.big(place + 32)
      let last = UInt64(Int64.max) / 512
      guard start <= last, sectors <= last - start, offset <= UInt64(Int64.max),
        length <= UInt64(Int64.max)
      else {
        throw ImageError(damaged: file.path, "a chunk is out of range")
      }
      let kind = try kind(code, bytes: sectors * 512, stored: length, file)
      if kind == .stored {
        guard offset <= file.length, sectors * 512 <= file.length - offset else {
          throw ImageError(damaged: file.path, "a chunk is beyond the end of the file")
        }
      }
      chunks.append(
        Chunk(
          range: start * 512..<(start + sectors) * 512, kind: kind, place: offset..<offset + length)
      )
    }
  }

  /// Adds with saturation: an overflow is refused like any other number that is too large.
  private static func sum(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? .max : sum
  }

  private static func kind(_ code: UInt32, bytes: UInt64, stored: UInt64, _ file: ImageFile)
    throws(ImageError) -> Chunk.Kind
  {
    switch code {
    case 0, 2: return .zeros
    case 1 where stored >= bytes: return .stored
    case 0x8000_0005...0x8000_0008 where code != 0x8000_0007:
      guard bytes <= maximumChunk, stored <= maximumChunk else { break }
      return code == 0x8000_0005 ? .deflated : code == 0x8000_0006 ? .bzip2 : .lzma
    case 0x8000_0004, 0x8000_0007:
      throw ImageError(
        unsupported: file.path,
        "Apple disk image compressed with \(code == 0x8000_0004 ? "ADC" : "LZFSE")")
    default: break
    }
    throw ImageError(damaged: file.path, "invalid chunk of kind \(code) and \(bytes) bytes")
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    // First chunk that ends behind the offset.
    let low = parts.partitionPoint { $0.range.upperBound > offset }
    guard low < parts.count else { return Piece(.zeros, length: size - offset) }
    let chunk = parts[low]
    guard chunk.range.lowerBound <= offset else {
      return Piece(.zeros, length: chunk.range.lowerBound - offset)
    }
    let inside = offset - chunk.range.lowerBound
    let rest = chunk.range.upperBound - offset
    switch chunk.kind {
    case .zeros: return Piece(.zeros, length: rest)
    case .stored: return Piece(.file(file, at: chunk.place.lowerBound + inside), length: rest)
    case .deflated, .bzip2, .lzma:
      return Piece(.packed(self, chunk: UInt64(low), at: Int(inside)), length: rest)
    }
  }

  func chunk(_ index: UInt64) throws(ImageError) -> [UInt8] {
    let chunk = parts[Int(index)]
    return try cache.chunk(index) { () throws(ImageError) in
      tally.note(index)
      let packed = try file.bytes(at: chunk.place.lowerBound, count: chunk.place.count)
      return try DecodedChunk.bytes(chunk.range.count, in: file.path) { output in
        packed.withUnsafeBytes { packed in
          switch chunk.kind {
          case .bzip2: Bzip2.decode(packed, into: output)
          case .lzma: Lzma.xz(packed, into: output)
          default: Inflate().zlib(packed, into: output)
          }
        }
      }
    }
  }
}

extension UdifImage {
  static var formatName: String { "Apple disk image (UDIF)" }

  /// Recognises the format by the trailer at the end.
  static func recognises(_ file: FormatProbe) throws(ImageError) -> Bool {
    try file.ends(with: "koly")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try UdifImage(file)
    return OpenedMedium(image, image.words)
  }
}

/// Extracts from a property list the only data needed: the `blkx` entries, in base64.
private enum PropertyList {
  static func blockTables(of text: [UInt8]) -> [[UInt8]] {
    guard let start = find("<key>blkx</key>", in: text, from: 0) else { return [] }
    let end = find("</array>", in: text, from: start) ?? text.count
    var tables = [[UInt8]]()
    var position = start
    while let open = find("<data>", in: text, from: position), open < end,
      let close = find("</data>", in: text, from: open)
    {
      tables.append(decoded(text[(open + 6)..<close]))
      position = close
    }
    return tables
  }

  private static func find(_ word: StaticString, in text: [UInt8], from start: Int) -> Int? {
    let first = word.utf8Start.pointee
    return text[start...].indices.first { text[$0] == first && text.has(word, at: $0) }
  }

  /// Decodes base64 (RFC 4648); blanks and invalid characters are ignored.
  private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = [UInt8]()
    var bits: UInt32 = 0
    var count = 0
    for letter in text {
      let value: UInt8
      switch letter {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = letter - 65
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = letter - 71
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = letter + 4
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: continue
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
