import Bytes
import TestSupport

@testable import Containers

/// A medium in memory, of which a range may be unreadable.
final class MemoryMedium: Medium {
  private let bytes: [UInt8]
  private let unreadable: Range<UInt64>

  init(_ bytes: [UInt8], unreadable: Range<UInt64> = 0..<0) {
    self.bytes = bytes
    self.unreadable = unreadable
  }

  var size: UInt64 { UInt64(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    guard offset < size else { return 0 }
    let count = min(buffer.count, bytes.count - Int(offset))
    guard !unreadable.overlaps(offset..<(offset + UInt64(count))) else {
      throw ImageError("a bad sector")
    }
    buffer.copyBytes(from: bytes[Int(offset)..<(Int(offset) + count)])
    return count
  }
}

extension TemporaryDirectory {
  /// Writes a file of a container, and opens it.
  func imageFile(_ bytes: [UInt8], _ name: String = "image") throws -> ImageFile {
    try ImageFile(RawPath(try write(bytes, to: name)), mustBeRegular: true)
  }
}
