import Bytes

/// Finds the chunks of a sectors section that no table locates: they follow each other without gaps.
enum EwfRecovery {
  /// Chunks of `chunkSize` bytes from the beginning of a section to the first that is none.
  static func chunks(of section: EwfSection, in file: ImageFile, chunkSize: Int) -> [EwfTable.Place]
  {
    var places = [EwfTable.Place]()
    var output = [UInt8](repeating: 0, count: chunkSize)
    var position = section.content
    while position < section.end, let place = chunk(at: position, section, file, &output) {
      places.append(place)
      position += UInt64(place.length)
    }
    return places
  }

  private static func chunk(
    at position: UInt64, _ section: EwfSection, _ file: ImageFile, _ output: inout [UInt8]
  ) -> EwfTable.Place? {
    // Incompressible chunks are stored, with a checksum.
    let stored = output.count + 4
    let count = Int(min(UInt64(stored + 1024), section.end - position))
    guard let bytes = try? file.bytes(at: position, count: count), count > 2 else { return nil }
    // The first two bytes of a zlib stream (RFC 1950).
    if bytes[0] & 0x0F == 8, (UInt16(bytes[0]) << 8 | UInt16(bytes[1])) % 31 == 0 {
      let length = bytes.withUnsafeBytes { input in
        output.withUnsafeMutableBytes { Inflate().lengthOfZlib(input, into: $0) }
      }
      if let length {
        return EwfTable.Place(offset: position, length: length, isCompressed: true)
      }
    }
    // The last one may be shorter.
    let length = min(stored, count)
    guard length > 4, Adler32.of(bytes[..<(length - 4)]) == bytes.little(length - 4) as UInt32
    else { return nil }
    return EwfTable.Place(offset: position, length: length, isCompressed: false)
  }
}
