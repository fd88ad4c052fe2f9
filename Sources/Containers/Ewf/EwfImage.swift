import Bytes
import Evidence

/// An image in the Expert Witness Compression Format: `.E01` of EnCase and FTK Imager, `.s01`
/// of SMART. It consists of chunks, typically of 32 KiB, each compressed separately or stored
/// with a checksum. Source: libewf, "Expert Witness Compression Format specification". Reading
/// a chunk that does not decode is an error and never returns zeros.
final class EwfImage: MappedImage, ContainerFormat, ChunkDecoder {
  let size: UInt64
  let words: String
  let acquisition: Acquisition

  let omissions: [ItemProblem]

  private let tables: [EwfTable]
  private let chunkSize: Int
  private let cache = ChunkCache<UInt64>()
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// Opens the image whose first segment is `file`, with all further segments.
  convenience init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    let first = try EwfSegment(file)
    guard first.number == 1 else {
      throw ImageError(
        "\(file.path.shown): segment \(first.number) of an EWF image; name the first segment",
        .unsupported)
    }
    guard !ImageFile.isAlone(file.path) || !first.isContinued else {
      throw ImageError(alone: file.path, needs: "its segment 2")
    }
    var segments = [first]
    var missing: Gap?
    while let last = segments.last, last.isContinued || last.damage != nil {
      if let damage = last.damage {
        // The lost part of a segment leaves a gap, like a missing segment.
        guard let next = Self.next(behind: last.number, startingWith: file.path) else { break }
        guard missing == nil else { throw damage }
        missing = Gap(
          segment: segments.count, problem: ItemProblem(damage.reason, damage.description))
        segments.append(try Self.segment(next.number, next.name, &opening))
        continue
      }
      let number = segments[segments.count - 1].number + 1
      guard let name = EwfNames.existing(number, startingWith: file.path) else {
        throw ImageError(damaged: file.path, "the name of segment \(number) is unknown")
      }
      guard NamedFile.exists(name) else {
        let error = ImageError(
          "\(file.path.shown): segment \(number), \(name.shown), is missing; put it beside the first"
        )
        // Chunks behind one gap are located from the end of the medium; behind two gaps they cannot be located.
        guard missing == nil else { throw error }
        missing = Gap(
          segment: segments.count, problem: ItemProblem(error.reason, error.description))
        guard let next = Self.next(behind: number, startingWith: file.path) else { break }
        segments.append(try Self.segment(next.number, next.name, &opening))
        continue
      }
      segments.append(try Self.segment(number, name, &opening))
    }
    try self.init(segments, missing)
  }

  /// Segments that are missing.
  private struct Gap {
    /// Number of segments before it.
    let segment: Int
    let problem: ItemProblem
  }

  private static func segment(_ number: Int, _ name: RawPath, _ opening: inout ImageOpening)
    throws(ImageError) -> EwfSegment
  {
    let segment = try EwfSegment(try opening.file(name))
    guard segment.number == number else {
      throw ImageError(damaged: name, "it is segment \(segment.number), not \(number)")
    }
    return segment
  }

  /// The next existing segment behind a missing one, among a limited number of names.
  private static func next(behind number: Int, startingWith first: RawPath) -> (
    number: Int, name: RawPath
  )? {
    for next in (number + 1)..<(number + 64) {
      if let name = EwfNames.existing(next, startingWith: first), NamedFile.exists(name) {
        return (next, name)
      }
    }
    return nil
  }

  private init(_ segments: [EwfSegment], _ gap: Gap?) throws(ImageError) {
    let path = segments[0].file.path
    var volume: EwfVolume?
    var tables = [EwfTable]()
    var digests = [StoredDigest]()
    var errors = [(sector: UInt64, count: UInt64)]()
    var nextChunk: UInt64 = 0
    var tablesBeforeGap = 0
    for (index, segment) in segments.enumerated() {
      if index == gap?.segment { tablesBeforeGap = tables.count }
      var dataEnd: UInt64 = 0
      // Chunks that no table has located yet.
      var sectors: EwfSection?
      func recover() throws(ImageError) {
        guard let section = sectors, let chunkSize = volume?.chunkSize else {
          throw ImageError(damaged: segment.file.path, "a chunk table and its copy")
        }
        let found = EwfRecovery.chunks(of: section, in: segment.file, chunkSize: Int(chunkSize))
        tables.append(EwfTable(found, segment.file, firstChunk: nextChunk))
        nextChunk += UInt64(found.count)
        sectors = nil
      }
      // A table is followed by a copy, which replaces it if it is damaged.
      var isReplaced = false
      for section in segment.sections {
        switch section.type {
        case "volume", "disk":
          if volume == nil { volume = try EwfVolume(section, segment.file) }
        case "sectors":
          if sectors != nil { try recover() }
          (sectors, dataEnd) = (section, section.end)
        case "table", "table2":
          guard section.type == "table" || isReplaced else { continue }
          let table = try EwfTable(
            section, segment.file, firstChunk: nextChunk, dataEnd: dataEnd)
          isReplaced = table == nil && section.type == "table"
          guard let table else {
            if !isReplaced { try recover() }
            continue
          }
          sectors = nil
          tables.append(table)
          nextChunk += UInt64(table.count)
        // They may be what was cut off.
        case "hash": digests += (try? StoredDigest.hash(section, segment.file)) ?? []
        case "digest": digests += (try? StoredDigest.digest(section, segment.file)) ?? []
        case "error2": errors += try Self.errors(section, segment.file)
        default: break
        }
      }
      if isReplaced || sectors != nil { try recover() }
    }
    guard let volume else { throw ImageError(damaged: path, "it has no volume section") }
    let size = volume.sectors.multipliedReportingOverflow(by: volume.bytesPerSector)
    guard let chunkSize = volume.chunkSize, !size.overflow,
      size.partialValue <= UInt64(Int64.max)
    else { throw ImageError(damaged: path, "invalid sizes in its volume section") }
    let wanted = size.partialValue.blocks(of: chunkSize)
    let damage = segments.compactMap(\.damage).first
    guard nextChunk > 0 || wanted == 0 else {
      throw damage
        ?? ImageError(damaged: path, "it ends before the medium does: chunks are missing")
    }
    if let gap, nextChunk < wanted, gap.segment < segments.count {
      guard let last = segments.last, !last.isContinued, last.damage == nil else {
        throw ImageError(damaged: path, gap.problem.message)
      }
      for index in tablesBeforeGap..<tables.count {
        tables[index] = tables[index].moved(by: wanted - nextChunk)
      }
    }
    omissions = [
      gap?.problem ?? Self.surplus(chunks: nextChunk, of: wanted)
        ?? Self.shortage(from: min(nextChunk, wanted) * chunkSize, to: size.partialValue, damage)
    ].compactMap { $0 }
    self.size = size.partialValue
    self.chunkSize = Int(chunkSize)
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

  /// A problem if there are more chunks than the description of the medium says.
  private static func surplus(chunks: UInt64, of wanted: UInt64) -> ItemProblem? {
    guard chunks > wanted else { return nil }
    return ItemProblem(
      .unsupported,
      "the image holds \(chunks - wanted) chunks beyond the stated end of the medium: not read; its volume"
        + " section is damaged")
  }

  /// A problem if the chunks end before the medium does, or if the image itself does.
  private static func shortage(from end: UInt64, to size: UInt64, _ damage: ImageError?)
    -> ItemProblem?
  {
    guard end < size else { return damage.map { ItemProblem($0.reason, $0.description) } }
    let cause = damage.map { " (\($0))" } ?? ""
    return ItemProblem(
      .truncated,
      "bytes \(end) to \(size) of the medium are missing: the image ends too early\(cause)")
  }

  /// Sectors that could not be read: number of entries at 0, entries of a sector and a count from
  /// 520.
  private static func errors(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [(sector: UInt64, count: UInt64)]
  {
    let count = Int(try section.bytes(file, count: 520).little(0, as: UInt32.self))
    guard count <= 1 << 20 else {
      throw ImageError(damaged: file.path, "invalid list of unreadable sectors")
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

  /// Offset of a chunk in its segment file; nil if its table is wrong.
  func storedPlace(of chunk: UInt64) throws(ImageError) -> UInt64? {
    try table(of: chunk).place(of: chunk)?.offset
  }

  private func decode(_ index: UInt64) throws(ImageError) -> [UInt8] {
    let table = table(of: index)
    guard index >= table.firstChunk, index - table.firstChunk < UInt64(table.count) else {
      throw ImageError(
        "\(table.file.path.shown): the chunk at byte \(index * UInt64(chunkSize)) of the medium is missing"
      )
    }
    let length = Int(min(UInt64(chunkSize), size - index * UInt64(chunkSize)))
    guard let place = try table.place(of: index) else { throw damaged(index, table) }
    var stored = try table.file.bytes(at: place.offset, count: place.length)
    guard place.isCompressed else {
      // The last chunk may be stored in full length although the medium ends earlier.
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
      damaged: table.file.path, "the chunk at byte \(start) of the medium cannot be decoded")
  }

  /// Table that locates a chunk; every chunk of the medium has one.
  private func table(of chunk: UInt64) -> EwfTable {
    tables[max(tables.partitionPoint { $0.firstChunk > chunk }, 1) - 1]
  }
}

extension EwfImage {
  static var formatName: String { "EWF (E01)" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "EVF\u{09}\u{0D}\u{0A}")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try EwfImage(file, &opening)
    return OpenedMedium(image, image.words)
  }
}

/// Fields of the volume section: sectors per chunk at offset 8, bytes per sector at 12, number
/// of sectors at 16 (64 bits as EnCase writes it, 32 bits in the short form of SMART).
private struct EwfVolume {
  let sectorsPerChunk: UInt64
  let bytesPerSector: UInt64
  let sectors: UInt64

  /// Largest chunk in bytes: 32 KiB is usual, 16 MiB the most that imagers offer.
  private static let maximumChunkSize: UInt64 = 64 << 20

  /// Size of a chunk in bytes; nil if it is impossible.
  var chunkSize: UInt64? {
    let size = sectorsPerChunk.multipliedReportingOverflow(by: bytesPerSector)
    guard !size.overflow, (1...Self.maximumChunkSize).contains(size.partialValue) else {
      return nil
    }
    return size.partialValue
  }

  init(_ section: EwfSection, _ file: ImageFile) throws(ImageError) {
    let isShort = section.end - section.content < 1052
    let count = isShort ? 94 : 1052
    let bytes = try section.bytes(file, count: count)
    guard Adler32.of(bytes[..<(count - 4)]) == bytes.little(count - 4) as UInt32 else {
      throw ImageError(damaged: file.path, "the volume section has a wrong checksum")
    }
    sectorsPerChunk = UInt64(bytes.little(8, as: UInt32.self))
    bytesPerSector = UInt64(bytes.little(12, as: UInt32.self))
    sectors = isShort ? UInt64(bytes.little(16, as: UInt32.self)) : bytes.little(16)
  }
}

extension StoredDigest {
  /// Parses the hash section: the MD5 of the medium at 0.
  fileprivate static func hash(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [StoredDigest]
  {
    [StoredDigest(.md5, try section.bytes(file, count: 16))].compactMap { $0 }
  }

  /// Parses the digest section: the MD5 of the medium at 0, its SHA-1 at 16.
  fileprivate static func digest(_ section: EwfSection, _ file: ImageFile) throws(ImageError)
    -> [StoredDigest]
  {
    let bytes = try section.bytes(file, count: 36)
    return [
      StoredDigest(.md5, Array(bytes[..<16])), StoredDigest(.sha1, Array(bytes[16..<36])),
    ].compactMap { $0 }
  }
}
