import Bytes
import Evidence

/// An image in the Advanced Forensic Format, one file `.aff`: pages of up to 16 MiB, each
/// compressed separately (afflib, lib/afflib_pages.cpp). A missing page was not acquired, or is
/// lost: reading it is an error, where afflib returns zeros.
final class AffImage: MappedImage, ContainerFormat, ChunkDecoder {
  let size: UInt64
  let words: String
  let acquisition: Acquisition

  private let file: ImageFile
  private let pages: [UInt64: AffSegment]
  private let pageSize: UInt64
  private let sectorSize: UInt64
  private let cache: ChunkCache<UInt64>
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// Largest page in bytes: affconvert makes pages of 16 MiB, and afflib decompresses no larger
  /// ones.
  private static let maximumPage: UInt64 = 64 << 20
  /// Limit of missing pages: with more, the stated size of the medium is the only claim left.
  private static let maximumMissing: UInt64 = 1 << 16

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    let segments = try AffSegments(file)
    try Self.check(segments, file)
    pages = segments.pages
    guard let pageSize = segments.argument("pagesize", "segsize"),
      (1...Self.maximumPage).contains(pageSize)
    else { throw ImageError(damaged: file.path, "the page size is missing or invalid") }
    let sectorSize = max(1, segments.argument("sectorsize") ?? 512)
    self.pageSize = pageSize
    self.sectorSize = sectorSize
    // A page is larger than each of eight shards could hold.
    cache = pageSize > 1 << 20 ? ChunkCache(capacity: 96 << 20, shards: 1) : ChunkCache()
    if let stored = try segments.quad("imagesize", in: file) {
      size = stored
    } else {
      size = try Self.size(of: pages, pageSize, file)
    }
    guard size <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "invalid medium size of \(size) bytes")
    }
    let needed = size.blocks(of: pageSize)
    let missing = needed - UInt64(pages.keys.count { $0 < needed })
    guard missing <= Self.maximumMissing else {
      throw ImageError(damaged: file.path, "\(missing) of \(needed) pages are missing")
    }
    var words = "AFF"
    if missing > 0 { words += " (pages missing: \(missing))" }
    let bad = try segments.quad("badsectors", in: file) ?? 0
    if bad > 0 { words += " (sectors marked as unreadable when acquired: \(bad))" }
    self.words = words
    acquisition = Acquisition(digests: try Self.digests(segments, file))
  }

  /// Throws if a file with AFF magic cannot be read.
  private static func check(_ segments: AffSegments, _ file: ImageFile) throws(ImageError) {
    if segments.isEncrypted {
      throw ImageError(
        "\(file.path.shown): encrypted AFF image; decrypt it with affcrypto -d, or export it with affcat"
          + " to a raw image", .encrypted)
    }
    if try segments.data("aff_file_type", limit: 16, in: file) == Array("AFM".utf8) {
      let bytes = try segments.data("raw_image_file_extension", limit: 16, in: file)
      let name = bytes.map { "the file that ends in .\(RawPath($0).shown)" } ?? "its raw image"
      throw ImageError(
        "\(file.path.shown): AFM metadata of a raw image; scan \(name) instead",
        .unsupported)
    }
    if file.path.parent.lastComponent.bytes.suffix(4).elementsEqual(".afd".utf8) {
      throw ImageError(
        unsupported: file.path, "one file of an AFF image in a folder (AFD)")
    }
  }

  private static func digests(_ segments: AffSegments, _ file: ImageFile) throws(ImageError)
    -> [StoredDigest]
  {
    var digests = [StoredDigest]()
    let kinds: [(String, StoredDigest.Algorithm, Int)] = [
      ("md5", .md5, 16), ("sha1", .sha1, 20), ("sha256", .sha256, 32),
    ]
    for (name, algorithm, count) in kinds {
      guard let bytes = try segments.data(name, limit: UInt32(count), in: file),
        bytes.count == count, let digest = StoredDigest(algorithm, bytes)
      else { continue }
      digests.append(digest)
    }
    return digests
  }

  /// Size of the medium; an image without a stated size ends with its last page.
  private static func size(
    of pages: [UInt64: AffSegment], _ pageSize: UInt64, _ file: ImageFile
  ) throws(ImageError) -> UInt64 {
    guard let last = pages.keys.max(), let page = pages[last] else { return 0 }
    let start = last.multipliedReportingOverflow(by: pageSize)
    guard !start.overflow, start.partialValue <= UInt64(Int64.max) - maximumPage else {
      throw ImageError(damaged: file.path, "invalid page number \(last)")
    }
    return start.partialValue
      + UInt64(try AffPage(page, file).bytes(number: last, capacity: Int(pageSize)).count)
  }

  // MARK: Reading

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let number = offset / pageSize
    let inside = offset % pageSize
    let rest = min(pageSize - inside, size - offset)
    guard let segment = pages[number] else {
      throw ImageError(
        "\(file.path.shown): page \(number) (byte \(offset) of the medium) is missing: it was not"
          + " acquired, or is lost")
    }
    let page = AffPage(segment, file)
    switch page.packing {
    case .none where UInt64(segment.length) >= inside + rest:
      return Piece(.file(file, at: segment.offset + inside), length: rest)
    case .zeros where try page.zeros() >= inside + rest: return Piece(.zeros, length: rest)
    default: return Piece(.packed(self, chunk: number, at: Int(inside)), length: rest)
    }
  }

  func chunk(_ number: UInt64) throws(ImageError) -> [UInt8] {
    try cache.chunk(number) { () throws(ImageError) in
      tally.note(number)
      guard let segment = pages[number] else {
        throw ImageError(damaged: file.path, "page \(number) is missing")
      }
      var bytes = try AffPage(segment, file).bytes(number: number, capacity: Int(pageSize))
      // The rest of its last sector is zeros; the part of a short page behind that was not
      // acquired.
      let rest = UInt64(bytes.count).blocks(of: sectorSize) * sectorSize - UInt64(bytes.count)
      bytes += [UInt8](repeating: 0, count: Int(min(rest, pageSize - UInt64(bytes.count))))
      return bytes
    }
  }
}

extension AffImage {
  static var formatName: String { "AFF" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "AFF10\u{0D}\u{0A}")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try AffImage(file)
    return OpenedMedium(image, image.words)
  }
}
