import Bytes
import Evidence

/// A stream of an AFF4 container: chunks of 32 KiB, say, each compressed by itself, in segments ("bevies") of so
/// many, each with an index (AFF4 Standard v1.0, "Image Stream").
final class Aff4Stream: MappedImage, ChunkDecoder {
  let size: UInt64
  /// Segments that are not in the container: reading from them is an error.
  let missingSegments: Int
  private let volume: Aff4Volume
  private let compression: Aff4Compression
  private let chunkSize: UInt64
  private let chunksInSegment: UInt64
  private let segments: [Aff4Segment?]
  /// Which stream of its volume it is, in the cache that all of them share.
  private let number: Int
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// 32 KiB is usual; the cache holds none that is larger.
  private static let maximumChunk: UInt64 = 8 << 20
  /// How many segments may be missing; a stream that is larger by more lies about its size.
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
      throw ImageError(damaged: path, "a stream has no size, or an impossible one")
    }
    self.size = size
    // The defaults of the standard.
    chunkSize =
      volume.number(subject, Aff4Schema.chunkSize, Aff4Schema.oldChunkSize) ?? 32768
    chunksInSegment =
      volume.number(subject, Aff4Schema.chunksInSegment, Aff4Schema.oldChunksInSegment) ?? 1024
    guard (1...Self.maximumChunk).contains(chunkSize), (1...(1 << 24)).contains(chunksInSegment)
    else { throw ImageError(damaged: path, "its chunks have impossible sizes") }
    let count = size.blocks(of: chunkSize * chunksInSegment)
    guard count <= UInt64(volume.archive.members.count + Self.maximumMissing) else {
      throw ImageError(damaged: path, "a stream of \(count) segments, most of them missing")
    }
    segments = (0..<Int(count)).map { Aff4Segment(volume, subject, number: $0) }
    missingSegments = segments.count { $0 == nil }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let chunk = offset / chunkSize
    let inside = offset % chunkSize
    let rest = min(chunkSize - inside, size - offset)
    let (segment, stored) = try place(of: chunk)
    // What is stored as it is need not be decoded, where its segment is not either.
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
      // What is compressed is smaller, or was kept as it was.
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

  /// The segment of a chunk, and where in it the chunk lies.
  private func place(of chunk: UInt64) throws(ImageError) -> (Aff4Segment, Range<UInt64>) {
    let number = Int(chunk / chunksInSegment)
    guard let segment = segments[number] else {
      throw ImageError(
        "\(volume.file.path.shown): segment \(number) of a stream is missing; if the image has further"
          + " files, join them by the tool that made them")
    }
    guard let place = try segment.place(of: chunk % chunksInSegment, in: volume.archive) else {
      throw damaged(chunk)
    }
    return (segment, place)
  }

  private func damaged(_ chunk: UInt64) -> ImageError {
    ImageError(
      damaged: volume.file.path,
      "the chunk with byte \(chunk * chunkSize) of a stream does not decode")
  }
}

/// A segment of a stream, and its index.
struct Aff4Segment {
  let member: ZipMember
  private let index: ZipMember
  /// `….index` has offsets and lengths, as the standard says; `…/index` of imagers before it offsets alone.
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

  /// Where a chunk lies in the segment; nil if its entry is nothing.
  func place(of chunk: UInt64, in archive: ZipArchive) throws(ImageError) -> Range<UInt64>? {
    let start: UInt64
    let end: UInt64
    if isStandard {
      start = try archive.little(of: index, at: chunk * 12)
      let length: UInt32 = try archive.little(of: index, at: chunk * 12 + 8)
      guard start <= member.length else { return nil }
      end = start + UInt64(length)
    } else {
      // Evimetry wrote where each chunk ends, pmem where each begins: the first of those is zero.
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
