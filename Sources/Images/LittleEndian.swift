import Bytes

extension UnsafeRawBufferPointer {
  /// The little-endian number at `offset`; nil if it does not lie in the buffer.
  func little<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

extension ImageReader {
  /// Up to `count` bytes from `offset` on; fewer only at the end of the medium.
  func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var outcome: Result<Int, ImageError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      do throws(ImageError) { outcome = .success(try read(into: buffer, at: offset)) } catch {
        outcome = .failure(error)
      }
    }
    bytes.removeLast(count - (try outcome.get()))
    return bytes
  }
}
