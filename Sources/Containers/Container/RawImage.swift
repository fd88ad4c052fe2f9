package import Bytes
internal import CHost
import Glibc

/// A raw image in one file, a raw image split over several, or a block device. Read by `pread`:
/// all workers share the files, and a bad sector must not hide its neighbours.
package final class RawImage: Medium {
  private let segments: [Segment]
  package let size: UInt64

  /// A segment that several threads may read concurrently.
  private final class Segment: Sendable {
    let descriptor: Descriptor
    let path: RawPath
    let range: Range<UInt64>
    let holes: HoleMap

    init(_ descriptor: consuming Descriptor, _ path: RawPath, _ range: Range<UInt64>) {
      holes = HoleMap(of: descriptor, length: range.upperBound - range.lowerBound)
      self.descriptor = descriptor
      self.path = path
      self.range = range
    }
  }

  /// Opens the segments, which form the image in this order.
  package init(_ paths: [RawPath]) throws(ImageError) {
    var segments = [Segment]()
    var start: UInt64 = 0
    for path in paths {
      do throws(SystemCallError) {
        let descriptor = try Descriptor(reading: path, followingLink: true)
        let length = try Self.length(of: descriptor)
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow, end <= UInt64(Int64.max) else { throw SystemCallError("open", EFBIG) }
        segments.append(Segment(descriptor, path, start..<end))
        start = end
      } catch {
        throw ImageError(path, error)
      }
    }
    self.segments = segments
    size = start
  }

  /// Whether it is as long as an image of a disk may be: whole sectors, and enough of them for a volume.
  package var isOfSectors: Bool { size >= 65_536 && size % 512 == 0 }

  /// Length in bytes of an open file or block device.
  static func length(of descriptor: borrowing Descriptor) throws(SystemCallError) -> UInt64 {
    let status = try descriptor.status()
    if status.st_mode & S_IFMT == S_IFBLK {
      var size: UInt64 = 0
      guard c_system_device_size(descriptor.number, &size) else {
        throw SystemCallError("ioctl", errno)
      }
      return size
    }
    return UInt64(clamping: status.st_size)
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(ImageError)
    -> Int
  {
    var filled = 0
    for segment in segments where filled < buffer.count {
      let position = offset + UInt64(filled)
      guard segment.range.contains(position) else { continue }
      let count = min(UInt64(buffer.count - filled), segment.range.upperBound - position)
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + Int(count))])
      do throws(SystemCallError) {
        let read = try segment.descriptor.read(
          into: piece, at: position - segment.range.lowerBound)
        filled += read
        if read < piece.count { return filled }
      } catch {
        throw ImageError(segment.path, error)
      }
    }
    return filled
  }

  /// Holes of the file are zeros by the word of its file system (lseek(2), SEEK_DATA).
  package func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    guard let segment = segments.first(where: { $0.range.contains(offset) }) else { return 0 }
    return min(segment.holes.hole(at: offset - segment.range.lowerBound), limit)
  }

  package func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? {
    for segment in segments
    where segment.range.lowerBound <= run.lowerBound && run.upperBound <= segment.range.upperBound {
      return (segment.descriptor.number, run.lowerBound - segment.range.lowerBound)
    }
    return nil
  }
}
