import Bytes
import Evidence

/// A stream of an AFF4 container: chunks, typically of 32 KiB, each compressed separately, in
/// segments ("bevies") with an index each (AFF4 Standard v1.0, "Image Stream").
final class Aff4Stream: MappedImage, ChunkDecoder {
  let size: UInt64
  /// Number of segments missing in the container: reading from them is an error.
  let missingSegments: Int
  private let volume: Aff4Volume
  private let compression: Aff4Compression
  private let chunkSize: UInt64
  private let chunksInSegment: UInt64
  private let segments: [Aff4Segment?]
  /// Number of the stream in its volume, for the cache that all streams share.
  private let number: Int
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// Largest chunk in bytes, limited by the cache; 32 KiB is usual.
  private static let maximumChunk: UInt64 = 8 << 20
  /// Limit of missing segments; with more, the stream's stated size is false.
  private static let maximumMissing = 1 << 12

  init(_ volume: Aff4Volume, _ subject: String, number: Int = 0) throws(ImageError) {
    self.volume = volume
    self.number = number
    let path = volume.file.path
    let methods = [Aff4Schema.compression, Aff4Schema.oldCompression].flatMap {
      volume.graph.values(subject, $0)
    }
    compression = try Aff4Compression(methods.first?.text, path)
    guard let size = volume.number(subject, Aff4Schema.size), size <= UInt64(Int64.max) else {
      throw ImageError(damaged: path, "a stream has a missing or invalid size")
    }
    self.size = size
    // Defaults of the standard.
    chunkSize =
      volume.number(subject, Aff4Schema.chunkSize, Aff4Schema.oldChunkSize) ?? 32768
    chunksInSegment =
      volume.number(subject, Aff4Schema.chunksInSegment, Aff4Schema.oldChunksInSegment) ?? 1024
    guard (1...Self.maximumChunk).contains(chunkSize), (1...(1 << 24)).contains(chunksInSegment)
    else { throw ImageError(damaged: path, "invalid chunk sizes") }
    let count = size.blocks(of: chunkSize * chunksInSegment)
    guard count <= UInt64(volume.archive.members.count + Self.maximumMissing) else {
      throw ImageError(damaged: path, "most of the \(count) segments of a stream are missing")
    }
    segments = (0..<Int(count)).map { Aff4Segment(volume, subject, number: $0) }
    missingSegments = segments.count { $0 == nil }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let chunk = offset / chunkSize
    let inside = offset % chunkSize
    let rest = min(chunkSize - inside, size - offset)
    let (segment, stored) = try place(of: chunk)
    // Stored data need not be decoded if its segment is stored, too.
    if compression == .none, let start = try volume.archive.place(of: segment.member) {
      guard UInt64(stored.count) >= inside + rest else { throw damaged(chunk) }
      return Piece(.file(volume.file, at: start + stored.lowerBound + inside), length: rest)
    }
    return Piece(.packed(self, chunk: chunk, at: Int(inside)), length: rest)
  }

  func chunk(_ index: UInt64) throws(ImageError) -> [UInt8] {
    let name = Aff4Volume.ChunkName(stream: number, index: index)
    return try volume.chunks.chunk(name) { () throws(ImageError) in
      tally.note(index)
      let (segment, place) = try place(of: index)
      // Compressed data is smaller than this; otherwise it is stored uncompressed.
      guard place.count <= chunkSize + chunkSize / 4 + 4096 else { throw damaged(index) }
      let stored = try volume.archive.bytes(
        of: segment.member, at: place.lowerBound, count: place.count)
      let needed = min(chunkSize, size - index * chunkSize)
      guard let bytes = compression.decode(stored, chunkSize: Int(chunkSize)),
        UInt64(bytes.count) >= needed
      else { throw damaged(index) }
      return bytes
    }
  }

  /// Segment of a chunk, and the chunk's number in it.
  private func place(of chunk: UInt64) throws(ImageError) -> (Aff4Segment, Range<UInt64>) {
    let number = Int(chunk / chunksInSegment)
    guard let segment = segments[number] else {
      throw ImageError(
        "\(volume.file.path.shown): segment \(number) of a stream is missing; if the image has further"
          + " files, join them with the tool that made them")
    }
    guard let place = try segment.place(of: chunk % chunksInSegment, in: volume.archive) else {
      throw damaged(chunk)
    }
    return (segment, place)
  }

  private func damaged(_ chunk: UInt64) -> ImageError {
    ImageError(
      damaged: volume.file.path,
      "the chunk at byte \(chunk * chunkSize) of a stream cannot be decoded")
  }
}

/// A segment of a stream, with its index.
struct Aff4Segment {
  let member: ZipMember
  private let index: ZipMember
  /// Whether the index is `….index` with offsets and lengths, as in the standard; `…/index` of
  /// earlier imagers has only offsets.
  private let isStandard: Bool

  init?(_ volume: Aff4Volume, _ subject: String, number: Int) {
    let digits = String(number)
    let name = subject + "/" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    guard let member = volume.member(name) else { return nil }
    if let index = volume.member(name + ".index") {
      (self.member, self.index, isStandard) = (member, index, true)
    } else if let index = volume.member(name + "/index") {
      (self.member, self.index, isStandard) = (member, index, false)
    } else {
      return nil
    }
  }

  /// Location of a chunk in the segment; nil if its entry is empty.
  func place(of chunk: UInt64, in archive: ZipArchive) throws(ImageError) -> Range<UInt64>? {
    let start: UInt64
    let end: UInt64
    if isStandard {
      start = try archive.little(of: index, at: chunk * 12)
      let length: UInt32 = try archive.little(of: index, at: chunk * 12 + 8)
      guard start <= member.length else { return nil }
      end = start + UInt64(length)
    } else {
      // Evimetry wrote the end of each chunk, pmem the beginning: the first of those is zero.
      let first: UInt32 = try archive.little(of: index, at: 0)
      let entries = index.length / 4
      let begin = first == 0 ? chunk : chunk &- 1
      start = chunk == 0 ? 0 : UInt64(try archive.little(of: index, at: begin * 4) as UInt32)
      end =
        begin &+ 1 < entries
        ? UInt64(try archive.little(of: index, at: (begin &+ 1) * 4) as UInt32) : member.length
    }
    return start < end && end <= member.length ? start..<end : nil
  }
}
