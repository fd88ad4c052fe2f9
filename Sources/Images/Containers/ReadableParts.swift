import Evidence

/// A medium with zeros where it cannot be read: to recognise what it is by what can be had of it. Parts that
/// were not acquired lie anywhere; only a first sector that is lost makes the rest of no use.
final class ReadableParts: ImageReader {
  private let medium: any ImageReader
  private static let sectorSize = 512

  init(_ medium: any ImageReader) { self.medium = medium }

  var size: UInt64 { medium.size }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    do throws(ImageError) { return try medium.read(into: buffer, at: offset) } catch {
      guard error.reason == .unreadable else { throw error }
    }
    guard offset < size else { return 0 }
    let count = Int(min(UInt64(buffer.count), size - offset))
    for start in stride(from: 0, to: count, by: Self.sectorSize) {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[start..<min(start + Self.sectorSize, count)])
      do throws(ImageError) { _ = try medium.read(into: part, at: offset + UInt64(start)) } catch {
        guard offset > 0 || start > 0 else { throw error }
        part.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    return count
  }

  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }
}
