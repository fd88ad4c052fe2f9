import Bytes
import CTrawl
import Containers
import Evidence

/// Callbacks of the host that provide bytes; they are released with the last reference.
final class HostContent: @unchecked Sendable {
  private let reader: trawl_reader

  /// Takes over the callbacks; throws before that if they are not usable.
  init(_ pointer: UnsafePointer<trawl_reader>?) throws(Failure) {
    guard let pointer else { throw .null("reader") }
    // Of a struct of another size nothing else may be read.
    let size = UnsafeRawPointer(pointer).load(as: Int.self)
    guard size == MemoryLayout<trawl_reader>.size else {
      throw Failure(
        .invalidArgument, "reader.struct_size is unknown: start with TRAWL_READER_INIT")
    }
    reader = pointer.pointee
    guard reader.read != nil else { throw .null("reader.read") }
  }

  deinit { reader.release?(reader.user) }

  var size: UInt64 { reader.size }

  func zeros(from offset: UInt64) -> UInt64 { reader.zeros?(reader.user, offset) ?? 0 }

  /// Reads bytes, and never requests any behind the end; nil if the host cannot. A number that the buffer
  /// does not hold is a failure.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int? {
    let wanted = min(buffer.count, Int(clamping: size - min(offset, size)))
    guard wanted > 0 else { return 0 }
    let count = reader.read?(reader.user, offset, buffer.baseAddress, wanted) ?? -1
    return (0...Int64(wanted)).contains(count) ? Int(count) : nil
  }

  /// The content as a source of one item.
  func source(named name: RawPath) -> ReaderSource {
    ReaderSource(
      name: name, size: size, zeros: { self.zeros(from: $0) },
      read: { buffer, offset throws(ItemProblem) in
        guard let count = self.read(into: buffer, at: offset) else {
          throw ItemProblem(.unreadable, "the host's callback could not read it at byte \(offset)")
        }
        return count
      })
  }
}

/// A disk whose bytes the host provides.
final class HostMedium: Medium {
  private let content: HostContent

  init(_ content: HostContent) { self.content = content }

  var size: UInt64 { content.size }

  func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    offset < size ? min(content.zeros(from: offset), size - offset, limit) : 0
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    guard let count = content.read(into: buffer, at: offset) else {
      throw ImageError("the host's callback could not read the medium at byte \(offset)")
    }
    return count
  }
}

/// Memory of the host, which it is told when it is not needed any more.
final class HostMemory: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let release: @convention(c) (UnsafeMutableRawPointer?) -> Void
  private let user: UnsafeMutableRawPointer?

  init(
    _ bytes: UnsafeRawBufferPointer,
    release: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void,
    _ user: UnsafeMutableRawPointer?
  ) {
    self.bytes = bytes
    self.release = release
    self.user = user
  }

  deinit { release(user) }
}
