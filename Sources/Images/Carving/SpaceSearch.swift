import Bytes

/// Carves unowned space of a volume, or the space between volumes, just behind the items
/// pushed, so that the medium is read once, forwards. Its digests are computed along with it.
struct SpaceSearch {
  private let items: CarvedItems?
  private var unowned: ByteRanges
  private let known: CarvedItems.Known
  private let reading: MediumReading?
  private var overlap = CarvingOverlap()
  /// End of the part already carved.
  private(set) var position: UInt64 = 0

  /// Alignment in bytes of sectors and of pages in the kernel's cache.
  private static let alignment: UInt64 = 4096
  /// Largest distance in bytes of carving behind the digests, so that chunks decoded for them are
  /// still cached.
  private static let step: UInt64 = 16 << 20

  /// Number of bytes that are searched at a time, which a resumed scan may search again.
  private static let stretch: UInt64 = 256 << 20

  /// Creates a search. `items` is nil if nothing is carved, `reading` if digests are not
  /// requested.
  init(
    _ items: CarvedItems?, unowned: ByteRanges, known: CarvedItems.Known = .init(),
    reading: MediumReading?
  ) {
    self.items = items
    self.unowned = unowned
    self.known = known
    self.reading = reading
  }

  /// Excludes bytes that belong to a file after all.
  mutating func exclude(_ owned: [Range<UInt64>]) {
    guard let end = unowned.ranges.last?.upperBound else { return }
    let inside = owned.filter { $0.lowerBound < end && !unowned.ranges(touching: $0).isEmpty }
    if !inside.isEmpty { unowned = unowned.subtracting(ByteRanges(inside, limit: end)) }
  }

  /// Carves up to `front` and adds the result to `carved`.
  mutating func advance(to front: UInt64, _ carved: inout MediumSpace.Carved) {
    let end = front == .max ? front : front / Self.alignment * Self.alignment
    guard end > position else { return }
    if let reading {
      let last = min(end, unowned.ranges.last?.upperBound ?? 0)
      while position < last, !reading.isCancelled() {
        let next = min(last, position + Self.step)
        reading.advance(to: next)
        search(to: next, &carved)
      }
      // Behind the last item is unowned space, and then another volume.
      if front != .max { reading.advance(to: front) }
    }
    search(to: end, &carved)
    if front == .max, let items { items.report(overlap) }
  }

  private mutating func search(to end: UInt64, _ carved: inout MediumSpace.Carved) {
    defer { position = end }
    guard let items else { return }
    carved.wasSearched = true
    // Behind the last range there is nothing to search.
    let last = min(end, max(position, unowned.ranges.last?.upperBound ?? 0))
    while position < last, !items.receiver.isCancelled {
      let zeros = items.image.zeros(from: position)
      let (far, overflow) = position.addingReportingOverflow(max(Self.stretch, zeros))
      // Aligned, so that no sector is in two windows.
      let next = overflow || far >= last ? last : far / Self.alignment * Self.alignment
      carved.add(items.carve(unowned, in: position..<next, known: known, overlap: &overlap))
      position = next
      items.receiver.advance(
        to: min(next, items.image.size), of: items.image.size, in: items.evidence)
    }
  }
}
