import Bytes
import Evidence
import Glibc

/// The content of a file in an image: extents are read here, everything else by a helper.
struct ImageContent: ItemContent {
  let evidence: RawPath
  let entry: ItemEntry
  let image: any ImageReader
  let pool: HelperPool

  func open() throws(ItemProblem) -> any OpenContent {
    if let extents = entry.extents {
      ExtentContent(self, extents)
    } else {
      HelperContent(self)
    }
  }

  var facts: ContentFacts {
    ContentFacts(
      size: entry.size,
      identity: identity, hasOtherPaths: entry.hasOtherPaths)
  }

  private var identity: ContentIdentity? {
    guard hasInode else { return nil }
    return ContentIdentity(
      image: evidence, device: entry.address.volume.identity, inode: entry.address.inode,
      stream: UInt64(entry.address.type) << 16 | UInt64(entry.address.id))
  }

  /// What was carved belongs to no file.
  private var hasInode: Bool { entry.state != .carved && entry.state != .slack }

  /// TSK's form: `inode`, or `inode-type-id` where a file has several attributes (NTFS).
  var inode: String? {
    guard hasInode else { return nil }
    let address = entry.address
    return address.type == 1
      ? "\(address.inode)" : "\(address.inode)-\(address.type)-\(address.id)"
  }
}

/// Content that is plain bytes of the image, and holes.
private final class ExtentContent: OpenContent {
  private let content: ImageContent
  private let extents: [Extent]
  /// What holds all of it, where it lies in pieces close together: content in an entry of NTFS, whose sectors end in
  /// check values. One read of it is cheaper than one of each piece.
  private let span: Range<UInt64>?

  private static let maximumSpan = 4096

  init(_ content: ImageContent, _ extents: [Extent]) {
    self.content = content
    self.extents = extents
    span = extents.count > 1 ? Self.span(of: extents) : nil
  }

  private static func span(of extents: [Extent]) -> Range<UInt64>? {
    var low = UInt64.max
    var high: UInt64 = 0
    for extent in extents {
      guard let offset = extent.offset else { return nil }
      low = min(low, offset)
      high = max(high, offset + extent.length)
    }
    return high - low <= UInt64(maximumSpan) ? low..<high : nil
  }

  var facts: ContentFacts { content.facts }
  var times: FileTimes { content.entry.times }
  var inode: String? { content.inode }

  var residence: ContentResidence {
    var pieces = [FilePiece]()
    for extent in extents {
      guard let offset = extent.offset else {
        pieces.append(FilePiece(descriptor: nil, offset: 0, length: extent.length))
        continue
      }
      // More pieces than can be mapped (Mapping.canMap) are not worth looking for.
      guard
        let run = content.image.pieces(of: offset..<(offset + extent.length), limit: 8192),
        pieces.count + run.count <= 8192
      else { return .elsewhere }
      pieces += run
    }
    return pieces.isEmpty ? .elsewhere : .files(pieces)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    guard let span else { return try read(into: buffer, at: offset, self.read) }
    let image = content.image
    let filled = withUnsafeTemporaryAllocation(
      byteCount: Self.maximumSpan, alignment: 16
    ) { bytes -> Int? in
      let whole = UnsafeMutableRawBufferPointer(rebasing: bytes[..<span.count])
      guard (try? image.read(into: whole, at: span.lowerBound)) == span.count else { return nil }
      return try? read(into: buffer, at: offset) { extent, inside, piece in
        let first = Int((extent.offset ?? 0) + inside - span.lowerBound)
        piece.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: whole[first..<(first + piece.count)]))
        return piece.count
      }
    }
    // Where a part of it cannot be read the rest may be.
    if let filled { return filled }
    return try read(into: buffer, at: offset, self.read)
  }

  private func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64,
    _ read: (Extent, UInt64, UnsafeMutableRawBufferPointer) throws(ItemProblem) -> Int
  ) throws(ItemProblem) -> Int {
    var filled = 0
    var start: UInt64 = 0
    for extent in extents where filled < buffer.count {
      defer { start += extent.length }
      let position = offset + UInt64(filled)
      guard position < start + extent.length else { continue }
      let inside = position - start
      let count = Int(min(UInt64(buffer.count - filled), extent.length - inside))
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)])
      let done = try read(extent, inside, piece)
      filled += done
      if done < count { return filled }
    }
    return filled
  }

  private func read(
    _ extent: Extent, _ inside: UInt64, _ piece: UnsafeMutableRawBufferPointer
  ) throws(ItemProblem) -> Int {
    guard let offset = extent.offset else {
      // Not initializeMemory, which goes byte by byte in builds that are not optimised.
      if let start = piece.baseAddress { memset(start, 0, piece.count) }
      return piece.count
    }
    do throws(ImageError) {
      return try content.image.read(into: piece, at: offset + inside)
    } catch {
      throw ItemProblem(error.reason, error.description)
    }
  }
}

/// Content that only TSK can read: resident, compressed, sparse, or in an order of its own.
private final class HelperContent: OpenContent {
  private let content: ImageContent

  init(_ content: ImageContent) { self.content = content }

  var facts: ContentFacts { content.facts }
  var times: FileTimes { content.entry.times }
  var inode: String? { content.inode }
  var residence: ContentResidence { .elsewhere }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    var filled = 0
    while filled < buffer.count {
      let bytes = try content.pool.read(
        content.entry.address, offset: offset + UInt64(filled),
        count: UInt32(clamping: min(buffer.count - filled, 4 << 20)))
      guard !bytes.isEmpty else { break }
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyBytes(from: bytes)
      filled += bytes.count
    }
    return filled
  }
}
