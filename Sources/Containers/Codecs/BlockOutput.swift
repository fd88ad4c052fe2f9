/// Output of LZ77 decoders: literal bytes, and copies of bytes written before. Never writes
/// outside its bounds, whatever an untrusted stream contains.
struct BlockOutput {
  private let buffer: UnsafeMutableRawBufferPointer
  /// Number of bytes written.
  private(set) var count = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  /// Appends bytes; returns whether there was room.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= buffer.count - count else { return false }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + bytes.count)])
      .copyMemory(from: bytes)
    count += bytes.count
    return true
  }

  /// Appends `length` bytes copied from `distance` bytes before the end, including bytes that the
  /// copy itself writes. Returns whether they exist and there was room.
  mutating func repeatBytes(distance: Int, length: Int) -> Bool {
    guard distance > 0, distance <= count, length >= 0, length <= buffer.count - count else {
      return false
    }
    var left = length
    // Each copy doubles the number of bytes that can be copied at once.
    while left > 0 {
      let start = count - distance
      let step = min(left, distance)
      UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + step)])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<(start + step)]))
      count += step
      left -= step
    }
    return true
  }
}

/// Reads a stream from its first byte; returns nil where it ends too early.
struct BlockInput {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() -> Int? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return Int(bytes[position])
  }

  /// Reads a little-endian number of one to four bytes.
  mutating func little(_ count: Int) -> Int? {
    guard count <= bytes.count - position else { return nil }
    var number = 0
    for place in 0..<count { number |= Int(bytes[position + place]) << (8 * place) }
    position += count
    return number
  }

  mutating func readBytes(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
  }
}

extension [UInt8] {
  /// Block decoded by `decode`, up to `limit` bytes; nil if it is not valid.
  init?(
    atMost limit: Int, from block: [UInt8],
    _ decode: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int?
  ) {
    var isSound = false
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      let count = block.withUnsafeBytes { decode($0, UnsafeMutableRawBufferPointer(buffer)) }
      isSound = count != nil
      filled = count ?? 0
    }
    guard isSound else { return nil }
    // A cached array must not hold more memory than its bytes need.
    self = bytes.count == limit ? bytes : [UInt8](bytes[...])
  }
}
