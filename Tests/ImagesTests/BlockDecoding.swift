import Testing

/// Decodes into `capacity` bytes between others that must stay unchanged.
func decodeBlock(
  _ input: [UInt8], capacity: Int,
  _ decoder: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int?
) -> [UInt8]? {
  var room = [UInt8](repeating: 0xA5, count: capacity + 128)
  let count = room.withUnsafeMutableBytes { room in
    input.withUnsafeBytes {
      decoder($0, UnsafeMutableRawBufferPointer(rebasing: room[64..<(64 + capacity)]))
    }
  }
  #expect(room[..<64].allSatisfy { $0 == 0xA5 })
  #expect(room[(64 + capacity)...].allSatisfy { $0 == 0xA5 })
  return count.map { Array(room[64..<(64 + $0)]) }
}
