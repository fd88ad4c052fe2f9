import Locks

@testable import Containers

/// A large medium of zeros with some bytes in it; it may know its zeros, as containers do. Reads are counted.
final class SparseMedium: Medium {
  let size: UInt64
  private let parts: [(offset: UInt64, bytes: [UInt8])]
  private let knowsZeros: Bool
  private let counter = Locked(0)

  init(
    size: UInt64, knowsZeros: Bool = false, _ parts: [(offset: UInt64, bytes: [UInt8])] = []
  ) {
    self.size = size
    self.knowsZeros = knowsZeros
    self.parts = parts
  }

  /// Number of bytes that were read.
  var readCount: Int { counter.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    guard offset < size else { return 0 }
    let end = offset + min(UInt64(buffer.count), size - offset)
    let count = Int(end - offset)
    counter.withLock { $0 += count }
    UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      .initializeMemory(as: UInt8.self, repeating: 0)
    for part in parts {
      let from = max(part.offset, offset)
      let until = min(part.offset + UInt64(part.bytes.count), end)
      guard from < until else { continue }
      for place in from..<until {
        buffer[Int(place - offset)] = part.bytes[Int(place - part.offset)]
      }
    }
    return count
  }

  func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    guard knowsZeros else { return 0 }
    var end = size
    for part in parts where part.offset + UInt64(part.bytes.count) > offset {
      end = min(end, max(part.offset, offset))
    }
    return min(end - min(offset, end), limit)
  }
}
