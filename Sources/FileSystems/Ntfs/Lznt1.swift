import Bytes

/// Decoder of LZNT1, the compression of NTFS ([MS-XCA] 2.5).
enum Lznt1 {
  /// Number of bytes that a chunk decodes to, except the last one.
  private static let chunkSize = 4096

  /// Decodes a compression unit to at least `count` bytes, at most `limit`; nil if it is damaged,
  /// or ends before that.
  static func decode(_ unit: UnsafeRawBufferPointer, count: Int, limit: Int) -> [UInt8]? {
    var output = [UInt8]()
    output.reserveCapacity(limit)
    var position = 0
    while output.count < limit, let header: UInt16 = unit.little(position), header != 0 {
      // Only the last chunk may be shorter, so data behind a shorter chunk has no place.
      guard output.count.isMultiple(of: chunkSize) else { return nil }
      let end = position + 2 + Int(header & 0x0FFF) + 1
      guard header >> 12 & 7 == 3, end <= unit.count else { return nil }
      let chunk = UnsafeRawBufferPointer(rebasing: unit[(position + 2)..<end])
      if header & 0x8000 == 0 {
        guard chunk.count <= chunkSize else { return nil }
        output.append(contentsOf: chunk)
      } else if !decode(chunk, into: &output) {
        return nil
      }
      position = end
    }
    return output.count >= count ? output : nil
  }

  /// Decodes one chunk: flags for eight tokens, which are bytes or references to earlier bytes.
  private static func decode(_ chunk: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Bool {
    let start = output.count
    var position = 0
    while position < chunk.count {
      let flags = chunk[position]
      position += 1
      for bit in 0..<8 where position < chunk.count {
        let done = output.count - start
        if flags >> UInt8(bit) & 1 == 0 {
          guard done < chunkSize else { return false }
          output.append(chunk[position])
          position += 1
          continue
        }
        guard let token: UInt16 = chunk.little(position), done > 0 else { return false }
        position += 2
        // The farther in the chunk, the more bits are distance and the fewer are length.
        let bits = max(4, Int.bitWidth - (done - 1).leadingZeroBitCount)
        let length = Int(token & 0xFFFF >> UInt16(bits)) + 3
        let distance = Int(token >> UInt16(16 - bits)) + 1
        guard distance <= done, length <= chunkSize - done else { return false }
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
    }
    return true
  }
}
