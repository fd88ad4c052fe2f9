import Bytes
import Evidence

/// An image in the Expert Witness Compression Format: EnCase's `.E01`, FTK Imager's, SMART's `.s01`. Chunks of
/// 32 KiB, say, each compressed by itself or kept with a checksum. Source: libewf, "Expert Witness Compression
/// Format specification". A chunk that does not decode is an error where it is read, never zeros.
final class EwfImage: MappedImage, ChunkDecoder {
  let size: UInt64
  let words: String
  let acquisition: Acquisition

  private let tables: [EwfTable]
  private let chunkSize: Int
  private let cache = ChunkCache<UInt64>()
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// No chunk is larger: 32 KiB is usual, and 16 MiB the most that imagers offer.
  private static let maximumChunkSize: UInt64 = 64 << 20

  /// Opens the image whose first segment is `file`, and every further segment.
  convenience init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    let first = try EwfSegment(file)
    guard first.number == 1 else {
      throw ImageError(
        "\(file.path.shown): is segment \(first.number) of an EWF image; name its first segment",
        .unsupported)
    }
    var segments = [first]
    while segments[segments.count - 1].isContinued {
      let number = segments.count + 1
      guard let name = EwfNames.segment(number, startingWith: file.path) else {
        throw ImageError(damaged: file.path, "the name of segment \(number) is unknown")
      }
      guard NamedFile.exists(name) else {
        throw ImageError(
          "\(file.path.shown): segment \(number), \(name.shown), is missing; put it beside the first"
        )
      }
      let segment = try EwfSegment(try opening.file(name))
      guard segment.number == number else {
        throw ImageError(damaged: name, "it is segment \(segment.number) and not \(number)")
      }
      segments.append(segment)
    }
    try self.init(segments)
  }

  private init(_ segments: [EwfSegment]) throws(ImageError) {
    let path = segments[0].file.path
    var volume: EwfVolume?
    var tables = [EwfTable]()
    var digests = [StoredDigest]()
    var errors = [(sector: UInt64, count: UInt64)]()
    var nextChunk: UInt64 = 0
    for segment in segments {
      var dataEnd: UInt64 = 0
      // A table is followed by a copy of it, which stands in for one that is damaged.
      var isReplaced = false
      for section in segment.sections {
        switch section.type {
        case "volume", "disk":
          if volume == nil { volume = try EwfVolume(section, segment.file) }
        case "sectors": dataEnd = section.end
        case "table", "table2":
          guard section.type == "table" || isReplaced else { continue }
          let table = try EwfTable(
            section, segment.file, firstChunk: nextChunk, dataEnd: dataEnd)
          isReplaced = table == nil && section.type == "table"
          guard let table else {
            guard isReplaced else {
              throw ImageError(damaged: segment.file.path, "a table of chunks and its copy")
            }
            continue
          }
          tables.append(table)
          nextChunk += UInt64(table.count)
        case "hash": digests += try StoredDigest.hash(section, segment.file)
        case "digest": digests += try StoredDigest.digest(section, segment.file)
        case "error2": errors += try Self.errors(section, segment.file)
        default: break
        }
      }
      guard !isReplaced else {
        throw ImageError(damaged: segment.file.path, "a table of chunks, which has no copy")
      }
    }
    guard let volume else { throw ImageError(damaged: path, "it does not say what it holds") }
    let chunkSize = volume.sectorsPerChunk.multipliedReportingOverflow(by: volume.bytesPerSector)
    let size = volume.sectors.multipliedReportingOverflow(by: volume.bytesPerSector)
    guard !chunkSize.overflow, !size.overflow, size.partialValue <= UInt64(Int64.max),
      chunkSize.partialValue > 0, chunkSize.partialValue <= Self.maximumChunkSize
    else { throw ImageError(damaged: path, "its sizes are impossible") }
    guard nextChunk >= size.partialValue.blocks(of: chunkSize.partialValue) else {
      throw ImageError(damaged: path, "it ends before the medium does: chunks are missing")
    }
    self.size = size.partialValue
    self.chunkSize = Int(chunkSize.partialValue)
    self.tables = tables.filter { $0.count > 0 }
    acquisition = Acquisition(
      digests: digests.reduce(into: []) { known, digest in
        if !known.contains(digest) { known.append(digest) }
      },
      unreadable: errors.compactMap { sector, count in
        let start = sector.multipliedReportingOverflow(by: volume.bytesPerSector)
        let length = count.multipliedReportingOverflow(by: volume.bytesPerSector)
        guard !start.overflow, !length.overflow, start.partialValue < size.partialValue else {
          return nil
        }
        let most = size.partialValue - start.partialValue
        return start.partialValue..<(start.partialValue + min(length.partialValue, most))
      })
    words = segments.count == 1 ? "EWF" : "EWF, \(segments.count) segments"
  }

  /// The sectors that could not be read: how many entries at 0, each a sector and a count from 520 on.
  private static func errors(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [(sector: UInt64, count: UInt64)]
  {
    let count = Int(try section.bytes(file, count: 520).little(0, as: UInt32.self))
    guard count <= 1 << 20 else {
      throw ImageError(damaged: file.path, "its list of unreadable sectors is impossible")
    }
    let bytes = try section.bytes(file, count: 520 + 8 * count)
    return (0..<count).map { index in
      (
        UInt64(bytes.little(520 + 8 * index, as: UInt32.self)),
        UInt64(bytes.little(524 + 8 * index, as: UInt32.self))
      )
    }
  }

  // MARK: Reading

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let chunk = offset / UInt64(chunkSize)
    let inside = Int(offset % UInt64(chunkSize))
    return Piece(
      .packed(self, chunk: chunk, at: inside),
      length: min(UInt64(chunkSize - inside), size - offset))
  }

  func chunk(_ index: UInt64) throws(ImageError) -> [UInt8] {
    try cache.chunk(index) { () throws(ImageError) in
      tally.note(index)
      return try decode(index)
    }
  }

  /// Where a chunk is stored in its segment file; nil if its table is wrong.
  func storedPlace(of chunk: UInt64) throws(ImageError) -> UInt64? {
    try table(of: chunk).place(of: chunk)?.offset
  }

  private func decode(_ index: UInt64) throws(ImageError) -> [UInt8] {
    let table = table(of: index)
    let length = Int(min(UInt64(chunkSize), size - index * UInt64(chunkSize)))
    guard let place = try table.place(of: index) else { throw damaged(index, table) }
    var stored = try table.file.bytes(at: place.offset, count: place.length)
    guard place.isCompressed else {
      // The last chunk may be kept whole although the medium ends before.
      guard stored.count >= length + 4 else { throw damaged(index, table) }
      let end = stored.count - 4
      guard Adler32.of(stored[..<end]) == stored.little(end) as UInt32 else {
        throw damaged(index, table)
      }
      stored.removeLast(stored.count - length)
      return stored
    }
    for capacity in length == chunkSize ? [length] : [length, chunkSize] {
      var isSound = false
      let decoded = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        isSound = stored.withUnsafeBytes {
          Inflate().zlib($0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        count = isSound ? length : 0
      }
      if isSound { return decoded }
    }
    throw damaged(index, table)
  }

  private func damaged(_ chunk: UInt64, _ table: EwfTable) -> ImageError {
    let start = chunk * UInt64(chunkSize)
    return ImageError(
      damaged: table.file.path, "the chunk with byte \(start) of the medium does not decode")
  }

  /// The table that places a chunk; there is one for every chunk of the medium.
  private func table(of chunk: UInt64) -> EwfTable {
    var low = 0
    var high = tables.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if tables[middle].firstChunk <= chunk { low = middle } else { high = middle }
    }
    return tables[low]
  }
}

/// What the volume section says of the medium: sectors per chunk at 8, bytes per sector at 12, the count
/// of sectors at 16 (64 bits as EnCase writes it, 32 in the short form of SMART).
private struct EwfVolume {
  let sectorsPerChunk: UInt64
  let bytesPerSector: UInt64
  let sectors: UInt64

  init(_ section: EwfSection, _ file: ImageFile) throws(ImageError) {
    let isShort = section.end - section.content < 1052
    let count = isShort ? 94 : 1052
    let bytes = try section.bytes(file, count: count)
    guard Adler32.of(bytes[..<(count - 4)]) == bytes.little(count - 4) as UInt32 else {
      throw ImageError(damaged: file.path, "the description of the medium has a wrong checksum")
    }
    sectorsPerChunk = UInt64(bytes.little(8, as: UInt32.self))
    bytesPerSector = UInt64(bytes.little(12, as: UInt32.self))
    sectors = isShort ? UInt64(bytes.little(16, as: UInt32.self)) : bytes.little(16)
  }
}

extension StoredDigest {
  /// The hash section: the MD5 of the medium at 0.
  fileprivate static func hash(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [StoredDigest]
  {
    [StoredDigest(.md5, try section.bytes(file, count: 16))].compactMap { $0 }
  }

  /// The digest section: the MD5 of the medium at 0, its SHA-1 at 16.
  fileprivate static func digest(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [StoredDigest]
  {
    let bytes = try section.bytes(file, count: 36)
    return [
      StoredDigest(.md5, Array(bytes[..<16])), StoredDigest(.sha1, Array(bytes[16..<36])),
    ].compactMap { $0 }
  }
}
