internal import Bytes
internal import CHost
import Glibc

/// Holes of a sparse file, according to its file system (lseek(2), SEEK_DATA and SEEK_HOLE).
///
/// They are read once: carving needs them for each file of a volume, and a system call costs more than the page that it
/// would save.
struct HoleMap: Sendable {
  /// Limit of the recorded holes; bytes behind them count as data.
  private static let maximumCount = 65_536
  // SEEK_DATA and SEEK_HOLE of unistd.h, which Glibc shows to GNU sources only.
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  /// Holes in order, offsets in the file.
  private let holes: [Range<UInt64>]

  /// The holes of an open file of `length` bytes; none if they are unknown, as those of a device.
  init(of descriptor: borrowing Descriptor, length: UInt64) {
    holes = Self.holes(descriptor.number, length)
  }

  private static func holes(_ descriptor: Int32, _ length: UInt64) -> [Range<UInt64>] {
    var holes: [Range<UInt64>] = []
    var place: UInt64 = 0
    while holes.count < maximumCount, place < length, let start = off_t(exactly: place) {
      let found = lseek(descriptor, start, seekData)
      // ENXIO: there is no data up to the end.
      guard found >= 0 || errno == ENXIO else { break }
      let data = found < 0 ? length : min(UInt64(found), length)
      if data > place { holes.append(place..<data) }
      guard data < length else { break }
      let end = lseek(descriptor, off_t(data), seekHole)
      guard end > off_t(data) else { break }
      place = UInt64(end)
    }
    return holes
  }

  /// Number of bytes from `offset` on that are a hole.
  func hole(at offset: UInt64) -> UInt64 {
    let next = holes.partitionPoint { $0.upperBound > offset }
    guard next < holes.count, holes[next].contains(offset) else { return 0 }
    return holes[next].upperBound - offset
  }
}
