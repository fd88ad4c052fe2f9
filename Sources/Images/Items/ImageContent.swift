import Bytes
import Containers
import Evidence
import FileSystems
import Glibc
import HelperProcesses
import Volumes

/// Content of a file in an image: extents are read here, everything else by a helper.
struct ImageContent: ItemContent {
  let evidence: RawPath
  let volume: VolumeAddress
  let entry: FileEntry
  let image: any Medium
  let pool: HelperPool
  let lost: LostBytes

  func open() throws(ItemProblem) -> any OpenContent {
    if let extents = entry.extents {
      ExtentContent(self, extents)
    } else {
      HelperContent(self)
    }
  }

  /// Files with equal names in one place differ in their number: a deleted one, and its successor.
  var discriminator: UInt64? {
    guard hasInode else { return nil }
    // Multiplied by an odd number, different attributes of a file stay different.
    let attribute = UInt64(entry.address.type) << 16 | UInt64(entry.address.id)
    return entry.address.inode ^ attribute &* 0x9E37_79B9_7F4A_7C15
  }

  var facts: ContentFacts {
    ContentFacts(
      size: entry.size,
      identity: identity, hasOtherPaths: entry.hasOtherPaths)
  }

  private var identity: ContentIdentity? {
    guard hasInode else { return nil }
    return ContentIdentity(
      image: evidence, device: volume.identity, inode: entry.address.inode,
      stream: UInt64(entry.address.type) << 16 | UInt64(entry.address.id))
  }

  /// Carved items belong to no file.
  private var hasInode: Bool { entry.state != .carved && entry.state != .slack }

  /// TSK's form: `inode`, or `inode-type-id` where a file has several attributes (NTFS).
  var inode: String? {
    guard hasInode else { return nil }
    let address = entry.address
    return address.type == 1
      ? "\(address.inode)" : "\(address.inode)-\(address.type)-\(address.id)"
  }
}

/// Content that consists of plain bytes of the image, and holes.
private final class ExtentContent: OpenContent {
  private let content: ImageContent
  private let extents: [Extent]
  /// Range that holds all pieces if they are close together, such as content in an NTFS record,
  /// whose sectors end in check values. One read of it is cheaper than a read of each piece.
  private let span: Range<UInt64>?

  private static let maximumSpan = 4096
  /// Size in bytes of the pieces in which unreadable ranges are narrowed down.
  private static let pageSize: UInt64 = 4096

  private(set) var damage: ItemProblem?
  private(set) var damagedReads = 0
  private(set) var lost: [Range<UInt64>] = []

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
      // Stop at more pieces than can be mapped (Mapping.canMap).
      guard
        let run = content.image.pieces(of: offset..<(offset + extent.length), limit: 8192),
        pieces.count + run.count <= 8192
      else { return .elsewhere }
      pieces += run
    }
    return pieces.isEmpty ? .elsewhere : .files(pieces)
  }

  func zeros(from offset: UInt64) -> UInt64 {
    var start: UInt64 = 0
    for extent in extents {
      let end = start + extent.length
      if offset < end {
        guard let place = extent.offset else { return end - offset }
        return content.image.zeros(from: place + (offset - start), limit: end - offset)
      }
      start = end
    }
    return 0
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
    // Other parts may be readable where one is not.
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
      // Not initializeMemory, which works byte by byte in unoptimised builds.
      if let start = piece.baseAddress { memset(start, 0, piece.count) }
      return piece.count
    }
    do throws(ImageError) {
      return try content.image.read(into: piece, at: offset + inside)
    } catch {
      // Bytes of a container that was cut off are missing like those of a bad sector.
      guard error.isOfPart else { throw ItemProblem(error.reason, error.description) }
      damage = damage ?? ItemProblem(error.reason, "\(error): zeros replace the missing bytes")
      damagedReads += 1
    }
    return readAround(piece, at: offset + inside)
  }

  /// Reads a piece with a bad place in it page by page, with zeros for the pages that cannot be read.
  private func readAround(_ piece: UnsafeMutableRawBufferPointer, at start: UInt64) -> Int {
    var done = 0
    while done < piece.count {
      let place = start + UInt64(done)
      let rest = Self.pageSize - place % Self.pageSize
      let end = min(done + Int(rest), piece.count)
      let page = UnsafeMutableRawBufferPointer(rebasing: piece[done..<end])
      if (try? content.image.read(into: page, at: place)) != page.count,
        let first = page.baseAddress
      {
        memset(first, 0, page.count)
        content.lost.note(place, length: UInt64(page.count))
        if lost.last?.upperBound == place {
          lost[lost.count - 1] = lost[lost.count - 1].lowerBound..<(place + UInt64(page.count))
        } else {
          lost.append(place..<(place + UInt64(page.count)))
        }
      }
      done = end
    }
    return done
  }
}

/// Content that only TSK can read: resident, compressed, sparse, or in a special order.
private final class HelperContent: OpenContent {
  private let content: ImageContent

  init(_ content: ImageContent) { self.content = content }

  var facts: ContentFacts { content.facts }
  var times: FileTimes { content.entry.times }
  var inode: String? { content.inode }
  var residence: ContentResidence { .elsewhere }

  private(set) var damage: ItemProblem?
  private(set) var damagedReads = 0

  /// Size in bytes of the pieces in which unreadable ranges are narrowed down: a compression unit of NTFS.
  private static let pieceSize: UInt64 = 65_536

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    var filled = 0
    while filled < buffer.count {
      let count = min(buffer.count - filled, 4 << 20)
      let place = offset + UInt64(filled)
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)])
      let read: Int
      do throws(HelperProcess.Failure) {
        read = try fill(target, at: place)
      } catch {
        // A helper that died or hangs would do so for every piece.
        guard case .refused(let message) = error else { throw ItemProblem(error) }
        damage =
          damage
          ?? ItemProblem(
            .unreadable, "\(message): zeros replace the missing bytes")
        damagedReads += 1
        read = try readAround(target, at: place)
      }
      filled += read
      if read < count { break }
    }
    return filled
  }

  /// Reads a part; fewer bytes only at the end of the content.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(HelperProcess.Failure) -> Int
  {
    var filled = 0
    while filled < buffer.count {
      let bytes = try content.pool.read(
        content.entry.address, of: content.volume, offset: offset + UInt64(filled),
        count: UInt32(clamping: buffer.count - filled))
      guard !bytes.isEmpty else { break }
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyBytes(from: bytes)
      filled += bytes.count
    }
    return filled
  }

  /// Reads a part with a bad place in it piece by piece, with zeros for those that cannot be read.
  private func readAround(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(ItemProblem) -> Int
  {
    let size = content.entry.size
    let wanted = Int(clamping: min(UInt64(buffer.count), size - min(offset, size)))
    var done = 0
    while done < wanted {
      let place = offset + UInt64(done)
      let count = min(Int(Self.pieceSize - place % Self.pieceSize), wanted - done)
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)])
      do throws(HelperProcess.Failure) {
        guard try fill(piece, at: place) == count else { break }
      } catch {
        guard case .refused = error else { throw ItemProblem(error) }
        if let start = piece.baseAddress { memset(start, 0, count) }
      }
      done += count
    }
    return done
  }
}
