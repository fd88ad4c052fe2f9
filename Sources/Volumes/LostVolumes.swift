import Containers

/// Searches for volumes that no partition table names: deleted, wiped or overwritten ones, and those inside a partition
/// of unknown content. It examines every sector in the first gibibyte of a range and in its last mebibyte;
/// elsewhere, the likely starts of partitions.
struct LostVolumes {
  let medium: any Medium

  /// Alignments of partitions: a mebibyte today; formerly behind a track or a cylinder (63
  /// sectors per track, 255 tracks per cylinder).
  private static let mebibyte: UInt64 = 1 << 20
  private static let track: UInt64 = 63 * 512
  private static let cylinder: UInt64 = 255 * 63 * 512

  private static let sectorSize: UInt64 = 512
  /// Length at the start of a range in which every sector is examined.
  private static let denseSize: UInt64 = 1 << 30
  /// Number of bytes examined at each other place, which include every superblock.
  private static let headSize: UInt64 = 72 << 10
  /// Number of consecutive misses, about 64 GiB, after which the rest of a range is skipped.
  private static let maximumMisses = 1 << 16

  /// Label of such a volume, in place of a partition name.
  static let label = "not in the partition table"

  /// A volume, and the byte behind the sector that identifies it.
  struct Found {
    let candidate: VolumeCandidate
    let next: UInt64
  }

  /// The first volume that a sector from `position` on identifies, within `range`. It does not begin before `floor`.
  func first(from position: UInt64, in range: Range<UInt64>, floor: UInt64) -> Found? {
    var place =
      (max(position, range.lowerBound) + Self.sectorSize - 1) / Self.sectorSize * Self.sectorSize
    let tail = range.upperBound - min(Self.mebibyte, range.upperBound - range.lowerBound)
    var misses = 0
    while place < range.upperBound {
      // Skip known zeros of the container without reading them.
      let zeros = medium.zeros(from: place) / Self.sectorSize * Self.sectorSize
      guard zeros == 0 else {
        place += min(zeros, range.upperBound - place)
        continue
      }
      let window = misses < Self.maximumMisses ? window(at: place, in: range, tail) : nil
      guard let window else {
        // Behind so much of nothing only the end is of interest.
        place = max(place, tail)
        misses = 0
        continue
      }
      if let found = first(in: window, of: range, floor) { return found }
      place = window.upperBound
      if place - range.lowerBound > Self.denseSize { misses += 1 }
    }
    return nil
  }

  /// The next bytes to examine from a place on; nil at the end.
  private func window(at place: UInt64, in range: Range<UInt64>, _ tail: UInt64) -> Range<UInt64>? {
    if place >= tail { return place..<range.upperBound }
    let dense = range.lowerBound + min(Self.denseSize, range.upperBound - range.lowerBound)
    if place < dense { return place..<min(place + Self.mebibyte, dense) }
    let head = Self.place(from: place - min(place, Self.headSize - Self.sectorSize))
    let start = max(place, head)
    return start < tail ? start..<min(head + Self.headSize, tail) : nil
  }

  private func first(in window: Range<UInt64>, of range: Range<UInt64>, _ floor: UInt64) -> Found? {
    let search = SuperblockSearch(medium: medium)
    let count = min(
      window.upperBound - window.lowerBound + UInt64(SuperblockSearch.lookahead),
      range.upperBound - window.lowerBound)
    guard let bytes = try? ReadableParts(medium).bytes(at: window.lowerBound, count: Int(count))
    else { return nil }
    return bytes.withUnsafeBytes { bytes in
      for offset in stride(from: 0, to: min(bytes.count, window.count), by: Int(Self.sectorSize)) {
        let end = min(offset + SuperblockSearch.lookahead, bytes.count)
        let head = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
        let place = window.lowerBound + UInt64(offset)
        guard let candidate = search.candidate(head, at: place), candidate.start >= floor else {
          continue
        }
        return Found(candidate: candidate, next: place + Self.sectorSize)
      }
      return nil
    }
  }

  /// First possible beginning of a partition at or after a byte.
  private static func place(from byte: UInt64) -> UInt64 {
    func up(_ step: UInt64, _ first: UInt64) -> UInt64 {
      byte <= first ? first : (byte - first + step - 1) / step * step + first
    }
    return min(up(mebibyte, 0), up(cylinder, 0), up(cylinder, track))
  }
}
