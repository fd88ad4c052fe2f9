import Bytes

/// One named segment of an AFF image (afflib, lib/afflib_i.h, `af_segment_head` and `af_segment_tail`).
struct AffSegment {
  /// Small values, such as sizes, are stored as arguments and need no data.
  let argument: UInt32
  /// Offset of its data in the file.
  let offset: UInt64
  let length: UInt32
}

/// Segments of an AFF image, one after the other up to the end of the file: `AFF\0`, the
/// lengths of name and data, an argument (all big-endian), name, data, `ATT\0`, and the length
/// of the whole segment.
struct AffSegments {
  /// Segments that describe the medium, by name. The first one of a name counts, as in afflib.
  private(set) var described: [String: AffSegment] = [:]
  /// Pages of the medium, by number.
  private(set) var pages: [UInt64: AffSegment] = [:]
  /// Whether the content or name of any segment is encrypted (`…/aes256`).
  private(set) var isEncrypted = false

  /// AF_MAX_NAME_LEN of afflib.
  private static let maximumName: UInt32 = 64
  /// Limit of pages: a disk of 16 TB has a million pages of the usual 16 MiB; each takes at least
  /// 24 bytes of the file.
  private static let maximumPages = 1 << 22
  /// Limit of describing segments. There are some twenty; pages have up to three digests each,
  /// which are not kept.
  private static let maximumDescribed = 4096
  private static let headSize: UInt64 = 16
  private static let tailSize: UInt64 = 8

  init(_ file: ImageFile) throws(ImageError) {
    var position: UInt64 = 8
    while position < file.length {
      let head = try file.bytes(at: position, count: Int(Self.headSize))
      let nameLength: UInt32 = head.big(4)
      let segment = AffSegment(
        argument: head.big(12), offset: position + Self.headSize + UInt64(nameLength),
        length: head.big(8))
      guard head.has("AFF\0", at: 0), nameLength <= Self.maximumName else {
        throw ImageError(damaged: file.path, "no segment at byte \(position)")
      }
      let name = try file.bytes(at: position + Self.headSize, count: Int(nameLength))
      let end = segment.offset + UInt64(segment.length)
      let tail = try file.bytes(at: end, count: Int(Self.tailSize))
      guard tail.has("ATT\0", at: 0),
        UInt64(tail.big(4, as: UInt32.self)) == end + Self.tailSize - position
      else {
        throw ImageError(damaged: file.path, "the segment at byte \(position) has no end")
      }
      try add(segment, String(decoding: name, as: UTF8.self), file)
      position = end + Self.tailSize
    }
  }

  /// Adds a segment; segments without a name are free space.
  private mutating func add(_ segment: AffSegment, _ name: String, _ file: ImageFile)
    throws(ImageError)
  {
    if name.hasSuffix("/aes256") { isEncrypted = true }
    if let page = Self.pageNumber(name) {
      guard pages.count < Self.maximumPages else {
        throw ImageError(unsupported: file.path, "more than \(Self.maximumPages) pages")
      }
      // A page may exist twice, by its old and its new name; the new one takes precedence.
      if pages[page] == nil || name.hasPrefix("page") && !newNames.contains(page) {
        pages[page] = segment
      }
      if name.hasPrefix("page") { newNames.insert(page) }
    } else if !name.isEmpty, described[name] == nil, described.count < Self.maximumDescribed,
      !name.hasPrefix("page") || name == "pagesize"
    {
      described[name] = segment
    }
  }

  /// Pages with the new name.
  private var newNames: Set<UInt64> = []

  /// Number of a page, called `page12` or, before 2006, `seg12`; nil for any other segment.
  private static func pageNumber(_ name: String) -> UInt64? {
    for prefix in ["page", "seg"] where name.hasPrefix(prefix) {
      let digits = name.utf8.dropFirst(prefix.utf8.count)
      guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
      return UInt64(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }

  /// Argument of a segment as a number; nil without that segment.
  func argument(_ names: String...) -> UInt64? {
    names.lazy.compactMap { described[$0] }.first.map { UInt64($0.argument) }
  }

  /// Data of a segment; nil if there is none with that name, or it is longer than `limit`.
  func data(_ name: String, limit: UInt32, in file: ImageFile) throws(ImageError) -> [UInt8]? {
    guard let segment = described[name], segment.length <= limit else { return nil }
    return try file.bytes(at: segment.offset, count: Int(segment.length))
  }

  /// Reads a 64-bit number: its lower half, then its upper half (`struct aff_quad`).
  func quad(_ name: String, in file: ImageFile) throws(ImageError) -> UInt64? {
    guard let bytes = try data(name, limit: 8, in: file), bytes.count == 8 else { return nil }
    return UInt64(bytes.big(0, as: UInt32.self)) | UInt64(bytes.big(4, as: UInt32.self)) << 32
  }
}
