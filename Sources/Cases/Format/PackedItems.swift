package import Evidence

/// Clean items and unopened archives of one volume, or of one live file system, as a blob: docs/case-format.md describes its bytes.
///
/// The parts of an item that can differ are its path, of which only the part is stored that differs from the path
/// before, its stream, its state and its size.
package struct PackedItems {
  /// One item of a blob.
  package struct Entry: Hashable, Sendable {
    var path: [UInt8]
    var stream: [UInt8]?
    var state: AllocationState?
    var detail: UInt64?
    /// The size in bytes.
    var size: UInt64
    /// Hash of size and times when it was scanned; nil if its evidence keeps none.
    var stamp: UInt32?
    /// Whether it is a further path of an item that has its outcome elsewhere.
    var isLink: Bool
    /// Whether it is an archive that the policy does not open.
    var isLeft: Bool

    /// Creates an item from its parts.
    package init(
      path: [UInt8], stream: [UInt8]?, state: AllocationState?, detail: UInt64?, size: UInt64,
      stamp: UInt32?, isLink: Bool, isLeft: Bool = false
    ) {
      self.path = path
      self.stream = stream
      self.state = state
      self.detail = detail
      self.size = size
      self.stamp = stamp
      self.isLink = isLink
      self.isLeft = isLeft
    }
  }

  /// The entries, in their order.
  package private(set) var data: [UInt8] = []
  private(set) var count = 0
  private var previous: [UInt8] = []

  /// Number of entries of a blob at most.
  package static let capacity = 512
  /// Length in bytes of a path or stream at most, against damaged blobs.
  private static let maximumLength: UInt64 = 1 << 20

  /// Creates an empty blob.
  package init() {}

  private enum Flag {
    static let state: UInt8 = 0b111
    static let stream: UInt8 = 1 << 3
    static let detail: UInt8 = 1 << 4
    static let stamp: UInt8 = 1 << 5
    static let link: UInt8 = 1 << 6
    static let left: UInt8 = 1 << 7
  }

  /// Appends an item.
  package mutating func append(_ entry: Entry) {
    var flags = entry.state?.number ?? 0
    if entry.stream != nil { flags |= Flag.stream }
    if entry.detail != nil { flags |= Flag.detail }
    if entry.stamp != nil { flags |= Flag.stamp }
    if entry.isLink { flags |= Flag.link }
    if entry.isLeft { flags |= Flag.left }
    data.append(flags)
    let shared = Self.commonCount(entry.path, previous)
    append(number: UInt64(shared))
    append(number: UInt64(entry.path.count - shared))
    data.append(contentsOf: entry.path[shared...])
    append(number: entry.size)
    if let stream = entry.stream {
      append(number: UInt64(stream.count))
      data.append(contentsOf: stream)
    }
    if let detail = entry.detail {
      withUnsafeBytes(of: detail.littleEndian) { data.append(contentsOf: $0) }
    }
    if let stamp = entry.stamp {
      withUnsafeBytes(of: stamp.littleEndian) { data.append(contentsOf: $0) }
    }
    // The path may be a buffer that its owner goes on to change: keeping it would copy it.
    previous.removeLast(previous.count - shared)
    previous.append(contentsOf: entry.path[shared...])
    count += 1
  }

  /// LEB128: seven bits a byte, the least significant first.
  private mutating func append(number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      data.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }

  private static func commonCount(_ left: [UInt8], _ right: [UInt8]) -> Int {
    let end = min(left.count, right.count)
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        var count = 0
        while count < end, left[count] == right[count] { count += 1 }
        return count
      }
    }
  }

  // MARK: Reading

  /// A blob that does not follow the format.
  package struct Malformed: Error {}

  /// Entries of a blob that states to hold `count` of them.
  package static func entries(of data: [UInt8], count: Int) throws(Malformed) -> [Entry] {
    guard (0...capacity).contains(count) else { throw Malformed() }
    var reader = Reader(data)
    var entries = [Entry]()
    entries.reserveCapacity(count)
    var path = [UInt8]()
    for _ in 0..<count {
      let flags = try reader.byte()
      let shared = try reader.number()
      guard shared <= UInt64(path.count) else { throw Malformed() }
      path.removeLast(path.count - Int(shared))
      try path.append(contentsOf: reader.bytes(maximum: maximumLength))
      guard UInt64(path.count) <= maximumLength else { throw Malformed() }
      let size = try reader.number()
      let stream: [UInt8]? =
        flags & Flag.stream != 0 ? Array(try reader.bytes(maximum: maximumLength)) : nil
      let detail = flags & Flag.detail != 0 ? try reader.little(8) : nil
      let stamp = flags & Flag.stamp != 0 ? UInt32(try reader.little(4)) : nil
      let number = flags & Flag.state
      let state = AllocationState(number: number)
      guard number == 0 || state != nil else { throw Malformed() }
      entries.append(
        Entry(
          path: path, stream: stream, state: state, detail: detail, size: size, stamp: stamp,
          isLink: flags & Flag.link != 0, isLeft: flags & Flag.left != 0))
    }
    guard reader.isAtEnd else { throw Malformed() }
    return entries
  }

  private struct Reader {
    private let data: [UInt8]
    private var position = 0

    init(_ data: [UInt8]) { self.data = data }

    var isAtEnd: Bool { position == data.count }

    mutating func byte() throws(Malformed) -> UInt8 {
      guard position < data.count else { throw Malformed() }
      defer { position += 1 }
      return data[position]
    }

    mutating func number() throws(Malformed) -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 70, by: 7) {
        let byte = try byte()
        guard shift < 63 || byte <= 1 else { throw Malformed() }
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      throw Malformed()
    }

    mutating func bytes(maximum: UInt64) throws(Malformed) -> ArraySlice<UInt8> {
      let count = try number()
      guard count <= maximum, count <= UInt64(data.count - position) else { throw Malformed() }
      defer { position += Int(count) }
      return data[position..<(position + Int(count))]
    }

    mutating func little(_ count: Int) throws(Malformed) -> UInt64 {
      var value: UInt64 = 0
      for index in 0..<count { value |= UInt64(try byte()) << (8 * UInt64(index)) }
      return value
    }
  }
}
