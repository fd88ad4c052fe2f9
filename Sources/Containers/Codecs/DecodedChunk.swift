import Bytes

/// A chunk of a container as its decoder gives it.
enum DecodedChunk {
  /// Chunk of `count` bytes that `decode` fills completely, or returns false; `path` is the file
  /// that contains it.
  static func bytes(
    _ count: Int, in path: RawPath, _ decode: (UnsafeMutableRawBufferPointer) -> Bool
  ) throws(ImageError) -> [UInt8] {
    var isSound = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isSound = decode(UnsafeMutableRawBufferPointer(buffer))
      // An unsound block was not written completely.
      filled = isSound ? count : 0
    }
    guard isSound else { throw ImageError(damaged: path, "a compressed chunk cannot be decoded") }
    return bytes
  }
}
