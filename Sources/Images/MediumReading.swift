import Bytes
import Dispatch
import Evidence
import Locks

/// Reads a whole medium forwards, once, for its digests: while one stretch is hashed the next is read, in
/// pieces on all processors, since decoding is what takes time in a compressed image.
///
/// A scan advances it along with everything else that it does with the medium: what was decoded for an item, or for
/// carving, is still at hand. Used by one thread.
final class MediumReading {
  private let image: any ImageReader
  let isCancelled: @Sendable () -> Bool
  private let digests = DigestStream()
  /// Each is read while the other is hashed.
  private var stretches = [Stretch(), Stretch()]
  private let hashing = DispatchGroup()
  private var unreadable: [Range<UInt64>] = []
  /// Everything before it was read.
  private var position: UInt64 = 0

  private static let pieceLength = 1 << 20
  private static let piecesOfStretch = 16

  init(_ image: any ImageReader, isCancelled: @escaping @Sendable () -> Bool) {
    self.image = image
    self.isCancelled = isCancelled
  }

  deinit { hashing.wait() }

  /// Reads all whole pieces before `front`, and what is left of the medium if that is its end; never goes back.
  func advance(to front: UInt64) {
    let piece = UInt64(Self.pieceLength)
    let end = front >= image.size ? image.size : front / piece * piece
    while position < end, !isCancelled() {
      let next = stretches[0]
      unreadable += next.fill(from: image, in: position..<end)
      position += UInt64(next.count)
      hashing.wait()
      DispatchQueue.global().async(group: hashing) { [digests] in
        digests.update(UnsafeRawBufferPointer(rebasing: next.bytes[..<next.count]))
      }
      stretches.swapAt(0, 1)
    }
  }

  /// Reads the rest, and says what the medium is; nil if the reading was cancelled.
  func finish() -> MediumVerification? {
    advance(to: image.size)
    hashing.wait()
    guard position == image.size else { return nil }
    let digest = digests.finish()
    return MediumVerification(
      digest: digest,
      stored: image.acquisition.digests.map { stored in
        let now =
          switch stored.algorithm {
          case .md5: digest.md5
          case .sha1: digest.sha1
          case .sha256: digest.sha256
          }
        return MediumVerification.Stored(
          algorithm: stored.algorithm.rawValue, bytes: stored.bytes, isEqual: stored.bytes == now)
      },
      unreadable: Self.runs(unreadable),
      unreadableAtAcquisition: Self.runs(image.acquisition.unreadable))
  }

  private static func runs(_ ranges: [Range<UInt64>]) -> [Run] {
    ByteRanges(ranges, limit: .max).ranges.map {
      Run(offset: $0.lowerBound, length: $0.upperBound - $0.lowerBound)
    }
  }

  /// Bytes of the medium in memory. Filled by one call at a time, and read only between two.
  private final class Stretch: @unchecked Sendable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: pieceLength * piecesOfStretch, alignment: 4096)
    private(set) var count = 0

    deinit { bytes.deallocate() }

    /// Reads the beginning of a range; answers what could not be read, in place of which there are zeros.
    func fill(from image: any ImageReader, in range: Range<UInt64>) -> [Range<UInt64>] {
      count = Int(min(UInt64(bytes.count), range.upperBound - range.lowerBound))
      let pieces = (count + pieceLength - 1) / pieceLength
      let failures = Locked([Range<UInt64>]())
      DispatchQueue.concurrentPerform(iterations: pieces) { index in
        let offset = index * pieceLength
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: bytes[offset..<min(offset + pieceLength, count)])
        let place = range.lowerBound + UInt64(offset)
        if (try? image.read(into: piece, at: place)) == piece.count { return }
        let failed = MediumReading.readSectors(of: image, into: piece, at: place)
        failures.withLock { $0 += failed }
      }
      return failures.withLock { $0 }
    }
  }

  /// Reads a piece with a bad place in it: all around that is had.
  private static func readSectors(
    of image: any ImageReader, into piece: UnsafeMutableRawBufferPointer, at start: UInt64
  ) -> [Range<UInt64>] {
    var failed = [Range<UInt64>]()
    for offset in stride(from: 0, to: piece.count, by: 4096) {
      let sectors = UnsafeMutableRawBufferPointer(
        rebasing: piece[offset..<min(offset + 4096, piece.count)])
      if (try? image.read(into: sectors, at: start + UInt64(offset))) == sectors.count { continue }
      sectors.initializeMemory(as: UInt8.self, repeating: 0)
      let place = start + UInt64(offset)
      failed.append(place..<(place + UInt64(sectors.count)))
    }
    return failed
  }
}
