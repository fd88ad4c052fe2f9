/// The content of a file as it grows together from its metadata: extents of the image, in order.
struct FileExtents {
  private var list = ExtentList()
  /// How much of it that is, in bytes.
  private(set) var length: UInt64 = 0
  /// Where the content lies so far.
  var extents: [Extent] { list.all }
  /// How long the content is, in bytes.
  let size: UInt64

  /// More extents than this are not passed on: they are kept in memory, and sent through a pipe.
  static let maximumCount = 500_000

  init(size: UInt64) { self.size = size }

  /// Whether all of it is there, or more than can be passed on.
  var isComplete: Bool { length == size || hasTooMany }
  var hasTooMany: Bool { extents.count > Self.maximumCount }

  /// Adds what lies `start` bytes from the beginning of the content; what was left out before it are
  /// zeros. `offset` is a byte of the image, nil for zeros; what is behind the end is cut off.
  mutating func add(_ offset: UInt64?, at start: UInt64, length added: UInt64)
    throws(FileSystemError)
  {
    guard start >= length else { throw .damaged("parts of the content overlap") }
    guard start < size, !hasTooMany else { return }
    append(nil, start - length)
    append(offset, min(added, size - start))
  }

  /// Adds zeros up to the end.
  mutating func finish() { append(nil, size - length) }

  private mutating func append(_ offset: UInt64?, _ added: UInt64) {
    length += added
    list.append(Extent(offset: offset, length: added))
  }
}
