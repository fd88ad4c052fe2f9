import Bytes
import Dispatch
public import Evidence
import Locks

/// Reads a whole medium forwards, once, for its digests: while one stretch is hashed the next is read, in
/// pieces on all processors, since decoding is what takes time in a compressed image.
struct MediumReading {
  let image: any ImageReader
  let isCancelled: @Sendable () -> Bool

  private static let pieceLength = 1 << 20
  private static let piecesOfStretch = 16

  /// What the medium is; nil if the reading was cancelled.
  func verification() -> MediumVerification? {
    let digests = DigestStream()
    let length = Self.pieceLength * Self.piecesOfStretch
    var stretches = [Stretch(length), Stretch(length)]
    var unreadable = stretches[0].fill(from: image, at: 0)
    var start: UInt64 = 0
    while start < image.size {
      guard !isCancelled() else { return nil }
      let current = stretches[0]
      let next = stretches[1]
      let group = DispatchGroup()
      DispatchQueue.global().async(group: group) {
        digests.update(UnsafeRawBufferPointer(rebasing: current.bytes[..<current.count]))
      }
      start += UInt64(current.count)
      if start < image.size { unreadable += next.fill(from: image, at: start) }
      group.wait()
      stretches.swapAt(0, 1)
    }
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
    let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ length: Int) {
      bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 4096)
    }

    deinit { bytes.deallocate() }

    /// Reads what follows `start`; answers what could not be read, in place of which there are zeros.
    func fill(from image: any ImageReader, at start: UInt64) -> [Range<UInt64>] {
      count = Int(min(UInt64(bytes.count), image.size - min(start, image.size)))
      let pieces = (count + pieceLength - 1) / pieceLength
      let failures = Locked([Range<UInt64>]())
      DispatchQueue.concurrentPerform(iterations: pieces) { index in
        let offset = index * pieceLength
        let piece = UnsafeMutableRawBufferPointer(
          rebasing: bytes[offset..<min(offset + pieceLength, count)])
        let place = start + UInt64(offset)
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

extension ImageDescription {
  /// Reads the whole medium and compares its digests with those that the image keeps; nil if the image cannot
  /// be opened, or the reading was cancelled.
  public func verify(isCancelled: @escaping @Sendable () -> Bool = { false }) -> MediumVerification?
  {
    reader.flatMap { MediumReading(image: $0, isCancelled: isCancelled).verification() }
  }
}
