/// Looks into the slack and the free space of a volume, or into what lies between volumes, behind the items that are
/// pushed: so the medium is read once, forwards, whatever is done with its bytes. Its digests are made along with it.
struct SpaceSearch {
  private let items: CarvedItems?
  private let free: ByteRanges
  private let reading: MediumReading?
  /// Everything before it was looked into.
  private(set) var position: UInt64 = 0

  /// Sectors end there, and pages of the kernel's cache.
  private static let alignment: UInt64 = 4096
  /// Carving stays so close behind the digests that what they made a container decode is still at hand.
  private static let step: UInt64 = 16 << 20

  /// `items` is nil if nothing is to be carved, `reading` if nobody wants digests.
  init(_ items: CarvedItems?, free: ByteRanges, reading: MediumReading?) {
    self.items = items
    self.free = free
    self.reading = reading
  }

  /// Looks into what lies before `front`, where the items are known, and enters what it came to.
  mutating func advance(to front: UInt64, _ space: inout VolumeSpace) {
    // The paths of millions of files are not kept.
    defer { space.newSlack.removeAll(keepingCapacity: true) }
    let end = front == .max ? front : front / Self.alignment * Self.alignment
    guard end > position else { return }
    if let items { space.carved.add(items.carve(space.newSlack)) }
    if let reading {
      let last = min(end, free.ranges.last?.upperBound ?? 0)
      while position < last, !reading.isCancelled() {
        let next = min(last, position + Self.step)
        reading.advance(to: next)
        search(to: next, &space)
      }
      // Behind the last item is what is free, and then another volume.
      if front != .max { reading.advance(to: front) }
    }
    search(to: end, &space)
  }

  private mutating func search(to end: UInt64, _ space: inout VolumeSpace) {
    defer { position = end }
    guard let items else { return }
    space.carved.wasSearched = true
    space.carved.add(items.carve(free, in: position..<end, except: space.deleted))
  }
}
