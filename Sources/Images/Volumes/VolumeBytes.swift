/// The bytes of a volume, counted from its start: reads end where it does, or where the medium does.
struct VolumeBytes {
  private let medium: any ImageReader
  private let start: UInt64
  /// How many there are.
  let length: UInt64

  init(_ medium: any ImageReader, at start: UInt64, length: UInt64) {
    self.medium = medium
    self.start = start
    self.length = start < medium.size ? min(length, medium.size - start) : 0
  }

  /// Up to `count` bytes from `offset` on; fewer only at the end.
  func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    guard offset < length else { return [] }
    return try medium.bytes(at: start + offset, count: Int(min(UInt64(count), length - offset)))
  }

  /// The little-endian number at `offset`; nil if it does not lie in the volume.
  func number<Number: FixedWidthInteger>(_ offset: UInt64, as _: Number.Type = Number.self)
    throws(ImageError) -> Number?
  {
    let bytes = try bytes(at: offset, count: MemoryLayout<Number>.size)
    return bytes.withUnsafeBytes { $0.little(0) }
  }

  /// Whether `magic`, a text of code points up to U+00FF, stands at `offset`.
  func hold(_ magic: String, at offset: UInt64) throws(ImageError) -> Bool {
    let wanted = magic.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return try bytes(at: offset, count: wanted.count) == wanted
  }
}
