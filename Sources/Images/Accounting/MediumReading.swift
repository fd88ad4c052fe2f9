import Bytes
import Containers
import Dispatch
import Evidence
import Locks

/// Reads a whole medium once, forwards, for its digests. While one stretch is hashed, the next
/// is read in pieces on all processors, because decoding dominates in a compressed image.
///
/// A scan advances it along with its other reads of the medium: chunks decoded for an item, or
/// for carving, are still cached. Used by one thread.
final class MediumReading {
  private let image: any Medium
  let isCancelled: @Sendable () -> Bool
  private let digests = DigestStream()
  /// One is read while the other is hashed.
  private var stretches = [Stretch(), Stretch()]
  private let hashing = DispatchGroup()
  private var unreadable: [Range<UInt64>] = []
  /// End of the part already read.
  private var position: UInt64 = 0

  private static let pieceLength = 1 << 20
  private static let piecesOfStretch = 16

  init(_ image: any Medium, isCancelled: @escaping @Sendable () -> Bool) {
    self.image = image
    self.isCancelled = isCancelled
  }

  deinit { hashing.wait() }

  /// Reads all whole pieces before `front`, and the rest of the medium if that is its end; never
  /// moves back.
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

  /// Reads the rest, and returns the digests; nil if reading was cancelled.
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

  /// Bytes of the medium in memory. Filled by one call at a time, and read only between calls.
  private final class Stretch: @unchecked Sendable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: pieceLength * piecesOfStretch, alignment: 4096)
    private(set) var count = 0

    deinit { bytes.deallocate() }

    /// Reads the beginning of a range; returns the unreadable parts, which are filled with zeros.
    func fill(from image: any Medium, in range: Range<UInt64>) -> [Range<UInt64>] {
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

  /// Reads a piece with a bad sector: everything around that is kept.
  private static func readSectors(
    of image: any Medium, into piece: UnsafeMutableRawBufferPointer, at start: UInt64
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
