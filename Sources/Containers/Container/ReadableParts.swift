import Evidence

/// A medium with zeros in place of unreadable parts, used to recognise its content by the
/// readable parts. Parts that were not acquired can be anywhere, also at the front.
package final class ReadableParts: Medium {
  private let medium: any Medium
  private static let sectorSize = 512

  package init(_ medium: any Medium) { self.medium = medium }

  package var size: UInt64 { medium.size }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(ImageError) -> Int
  {
    do throws(ImageError) { return try medium.read(into: buffer, at: offset) } catch {
      guard error.isOfPart else { throw error }
    }
    guard offset < size else { return 0 }
    let count = Int(min(UInt64(buffer.count), size - offset))
    for start in stride(from: 0, to: count, by: Self.sectorSize) {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[start..<min(start + Self.sectorSize, count)])
      guard (try? medium.read(into: part, at: offset + UInt64(start))) == nil else { continue }
      part.initializeMemory(as: UInt8.self, repeating: 0)
    }
    return count
  }

  package func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }
}
