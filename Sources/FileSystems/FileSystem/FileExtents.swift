/// Content of a file assembled from its metadata: extents of the image, in order.
package struct FileExtents {
  private var list = ExtentList()
  /// Length in bytes assembled so far.
  private(set) var length: UInt64 = 0
  /// Extents assembled so far.
  var extents: [Extent] { list.all }
  /// Size of the content in bytes.
  let size: UInt64

  /// Limit of extents passed on: they are kept in memory and sent through a pipe.
  package static let maximumCount = 500_000

  init(size: UInt64) { self.size = size }

  /// Whether the content is complete, or has more extents than can be passed on.
  var isComplete: Bool { length == size || hasTooMany }
  var hasTooMany: Bool { extents.count > Self.maximumCount }

  /// Adds a part of the content `start` bytes from its beginning; gaps before it are zeros.
  /// `offset` is a byte of the image, nil for zeros. The part is cut at the end of the content.
  mutating func add(_ offset: UInt64?, at start: UInt64, length added: UInt64)
    throws(FileSystemError)
  {
    guard start >= length else { throw .damaged("extents of the content overlap") }
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
