import Benchmark

/// A pass over bytes at minimal cost, like a vectorised literal search.
enum Pass {
  /// Touches every byte.
  static func over(_ bytes: UnsafeRawBufferPointer) {
    var sum = SIMD8<UInt64>()
    let step = MemoryLayout<SIMD8<UInt64>>.size
    for start in stride(from: 0, to: bytes.count / step * step, by: step) {
      sum ^= bytes.loadUnaligned(fromByteOffset: start, as: SIMD8<UInt64>.self)
    }
    blackHole(sum)
  }
}
