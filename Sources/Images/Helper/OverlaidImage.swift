/// A medium with some bytes replaced when they are read.
final class OverlaidImage: ImageReader {
  private let medium: any ImageReader
  private let offset: UInt64
  private let bytes: [UInt8]

  /// `medium` with `bytes` at `offset`.
  init(_ medium: any ImageReader, _ bytes: [UInt8], at offset: UInt64) {
    self.medium = medium
    self.bytes = bytes
    self.offset = offset
  }

  var size: UInt64 { medium.size }

  func read(into buffer: UnsafeMutableRawBufferPointer, at start: UInt64) throws(ImageError) -> Int
  {
    let count = try medium.read(into: buffer, at: start)
    let end = start + UInt64(count)
    let from = max(start, offset)
    let until = min(end, offset &+ UInt64(bytes.count))
    if from < until {
      let replaced = bytes[Int(from - offset)..<Int(until - offset)]
      UnsafeMutableRawBufferPointer(rebasing: buffer[Int(from - start)...]).copyBytes(
        from: replaced)
    }
    return count
  }

  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }
}
