/// Looks into the slack and the free space of a volume behind the items that are pushed: so the medium is read once,
/// forwards, whatever is done with its bytes.
struct SpaceSearch {
  private let items: CarvedItems?
  private let free: ByteRanges
  /// Everything before it was looked into.
  private(set) var position: UInt64 = 0

  /// Sectors end there, and pages of the kernel's cache.
  private static let alignment: UInt64 = 4096

  /// `items` is nil if nothing is to be carved.
  init(_ items: CarvedItems?, free: ByteRanges) {
    self.items = items
    self.free = free
  }

  /// Looks into what lies before `front`, where the items are known.
  mutating func advance(to front: UInt64, _ space: inout VolumeSpace) {
    // The paths of millions of files are not kept.
    defer { space.newSlack.removeAll(keepingCapacity: true) }
    guard let items else {
      position = front
      return
    }
    let end = front == .max ? front : front / Self.alignment * Self.alignment
    guard end > position else { return }
    let slack = items.carve(space.newSlack)
    let found = items.carve(free, in: position..<end, except: space.deleted)
    position = end
    space.carved.wasSearched = true
    space.carved.add(slack)
    space.carved.add(found)
  }
}
