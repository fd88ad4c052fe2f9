/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of 64 bits. The key is random in each case, so evidence
/// cannot be made to collide.
package struct SipHash {
  /// The key, 16 bytes.
  package struct Key: Hashable, Sendable {
    let low: UInt64
    let high: UInt64

    /// Creates a key from its halves, little-endian.
    package init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }
  }

  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  private var tail: UInt64 = 0
  private var tailCount: UInt64 = 0
  private var count: UInt64 = 0

  /// Creates the hash of no bytes.
  package init(_ key: Key) {
    v0 = key.low ^ 0x736F_6D65_7073_6575
    v1 = key.high ^ 0x646F_7261_6E64_6F6D
    v2 = key.low ^ 0x6C79_6765_6E65_7261
    v3 = key.high ^ 0x7465_6462_7974_6573
  }

  /// Adds bytes.
  package mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var offset = 0
      if tailCount == 0 {
        while offset + 8 <= bytes.count {
          compress(
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
          offset += 8
          count &+= 8
        }
      }
      while offset < bytes.count {
        add(bytes[offset])
        offset += 1
      }
    }
  }

  /// Adds eight bytes, little-endian.
  package mutating func add(_ number: UInt64) {
    guard tailCount > 0 else {
      compress(number)
      count &+= 8
      return
    }
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  /// Adds one byte.
  package mutating func add(_ byte: UInt8) {
    tail |= UInt64(byte) << (8 * tailCount)
    tailCount += 1
    count &+= 1
    guard tailCount == 8 else { return }
    compress(tail)
    tail = 0
    tailCount = 0
  }

  /// Returns the hash of everything added.
  package mutating func finish() -> UInt64 {
    compress(tail | count << 56)
    v2 ^= 0xFF
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v1 = v1 << 13 | v1 >> 51
    v1 ^= v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = v3 << 16 | v3 >> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 << 21 | v3 >> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 << 17 | v1 >> 47
    v1 ^= v2
    v2 = v2 << 32 | v2 >> 32
  }
}
