import Bytes
package import Containers

/// Bytes of a volume, by offset from its start. Reads end at the end of the volume or of the
/// medium.
package struct VolumeBytes {
  private let medium: any Medium
  private let start: UInt64
  /// Length in bytes.
  package let length: UInt64

  package init(_ medium: any Medium, at start: UInt64, length: UInt64) {
    self.medium = medium
    self.start = start
    self.length = start < medium.size ? min(length, medium.size - start) : 0
  }

  /// The description by the superblock at its start; nil if there is none.
  var candidate: VolumeCandidate? {
    let search = SuperblockSearch(medium: medium)
    for offset in [0, 1024] as [UInt64] {
      guard let bytes = try? bytes(at: offset, count: SuperblockSearch.lookahead) else { continue }
      let volume = bytes.withUnsafeBytes { search.candidate($0, at: start + offset) }
      if let volume, volume.start == start { return volume }
    }
    return nil
  }

  /// Reads up to `count` bytes from `offset`; fewer only at the end.
  package func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    guard offset < length else { return [] }
    return try medium.bytes(at: start + offset, count: Int(min(UInt64(count), length - offset)))
  }

  /// Reads the little-endian number at `offset`; nil if it is not inside the volume.
  package func number<Number: FixedWidthInteger>(_ offset: UInt64, as _: Number.Type = Number.self)
    throws(ImageError) -> Number?
  {
    let bytes = try bytes(at: offset, count: MemoryLayout<Number>.size)
    return bytes.withUnsafeBytes { $0.little(0) }
  }

  /// Whether `magic`, a text of code points up to U+00FF, is at `offset`.
  package func hold(_ magic: String, at offset: UInt64) throws(ImageError) -> Bool {
    let wanted = magic.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return try bytes(at: offset, count: wanted.count) == wanted
  }
}
