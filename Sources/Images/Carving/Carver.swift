import Bytes
import Dispatch
import Locks

/// Looks for files that no file system lists: at every sector of some ranges of the medium.
struct Carver {
  let image: any ImageReader
  let isCancelled: @Sendable () -> Bool

  /// Files begin with a sector, whatever the size of a cluster.
  static let sectorSize: UInt64 = 512
  private static let pieceLength: UInt64 = 4 << 20
  private static let pageLength = 4096
  /// As many as keep every processor busy, and no array of a length that evidence chooses.
  private static let piecesAtOnce = 1024

  /// What was found in the ranges, in their order.
  struct Result: Sendable {
    var files: [CarvedFile] = []
    /// Ranges that could not be read.
    var unreadable: [Range<UInt64>] = []
    /// Bytes that the container knows to be zeros.
    var knownZeros: UInt64 = 0

    mutating func add(_ other: Result) {
      files += other.files
      unreadable += other.unreadable
      knownZeros += other.knownZeros
    }
  }

  /// Carves the ranges on all processors: what begins in `window`, which ends with sectors.
  func carve(_ ranges: some Sequence<Range<UInt64>>, in window: Range<UInt64> = 0..<(.max))
    -> Result
  {
    var all = Result()
    var pieces = [Piece]()
    for range in ranges {
      let first = max(range.lowerBound, window.lowerBound)
      let (up, overflow) = first.addingReportingOverflow(Self.sectorSize - 1)
      guard !overflow else { continue }
      var start = up / Self.sectorSize * Self.sectorSize
      let last = min(range.upperBound, window.upperBound)
      while start < last, !isCancelled() {
        // A small container may claim a medium of petabytes, and knows that they are zeros.
        let zeros = image.zeros(from: start) / Self.sectorSize * Self.sectorSize
        guard zeros < Self.pieceLength else {
          all.knownZeros += min(zeros, last - start)
          start += min(zeros, last - start)
          continue
        }
        let end = min(start + Self.pieceLength, last)
        pieces.append(Piece(start: start, end: end, rangeEnd: range.upperBound))
        start = end
        if pieces.count == Self.piecesAtOnce {
          all.add(search(pieces))
          pieces.removeAll(keepingCapacity: true)
        }
      }
    }
    all.add(search(pieces))
    return all
  }

  /// A part of a range, and where that range ends.
  private struct Piece {
    let start: UInt64
    let end: UInt64
    let rangeEnd: UInt64
  }

  /// What was found in the pieces, in their order.
  private func search(_ pieces: [Piece]) -> Result {
    let found = Locked([Int: Result]())
    DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
      guard !isCancelled() else { return }
      let result = search(pieces[index])
      guard !result.files.isEmpty || !result.unreadable.isEmpty || result.knownZeros > 0 else {
        return
      }
      found.withLock { $0[index] = result }
    }
    return found.withLock { found in
      found.sorted { $0.key < $1.key }.reduce(into: Result()) { $0.add($1.value) }
    }
  }

  private func search(_ piece: Piece) -> Result {
    var result = Result()
    var isLost = false
    var start = piece.start
    // Slack is short, and there is much of it.
    let length = Int(min(256 << 10, piece.end - min(piece.start, piece.end)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 4096)
    defer { buffer.deallocate() }
    while start < piece.end {
      // What a container knows to be zeros is not even read.
      let zeros = image.zeros(from: start) / Self.sectorSize * Self.sectorSize
      guard zeros == 0 else {
        let count = min(zeros, piece.end - start)
        result.knownZeros += count
        start += count
        continue
      }
      let count = min(UInt64(buffer.count), piece.end - start)
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)])
      do throws(ImageError) {
        let read = try image.read(into: target, at: start)
        search(
          UnsafeRawBufferPointer(rebasing: buffer[..<read]), at: start, rangeEnd: piece.rangeEnd,
          &result)
        guard read == target.count else { return result }
      } catch {
        // Where nothing can be read for long, nobody goes on looking page by page.
        if isLost {
          result.unreadable.append(start..<(start + count))
        } else {
          isLost = !searchAroundDamage(target, at: start, rangeEnd: piece.rangeEnd, &result)
        }
      }
      start += count
    }
    return result
  }

  /// Reads a piece with a bad place in it page by page: what lies around that place is searched. Answers whether
  /// anything could be read.
  private func searchAroundDamage(
    _ buffer: UnsafeMutableRawBufferPointer, at start: UInt64, rangeEnd: UInt64,
    _ result: inout Result
  ) -> Bool {
    var isReadable = false
    for offset in stride(from: 0, to: buffer.count, by: Self.pageLength) {
      let page = UnsafeMutableRawBufferPointer(
        rebasing: buffer[offset..<min(offset + Self.pageLength, buffer.count)])
      let place = start + UInt64(offset)
      if (try? image.read(into: page, at: place)) == page.count {
        isReadable = true
        search(UnsafeRawBufferPointer(page), at: place, rangeEnd: rangeEnd, &result)
      } else {
        result.unreadable.append(place..<(place + UInt64(page.count)))
      }
    }
    return isReadable
  }

  private func search(
    _ bytes: UnsafeRawBufferPointer, at start: UInt64, rangeEnd: UInt64, _ result: inout Result
  ) {
    var offset = 0
    while offset + 4 <= bytes.count {
      defer { offset += Int(Self.sectorSize) }
      guard CarvedHeader.mayBegin(bytes, at: offset) else { continue }
      let place = start + UInt64(offset)
      guard let header = header(at: place, rangeEnd) else { continue }
      // What follows belongs to another file: this one was overwritten, or is in fragments.
      let length = min(header.length, rangeEnd - place)
      result.files.append(
        CarvedFile(
          range: place..<(place + length), kind: header.kind, isWhole: length == header.length))
    }
  }

  private func header(at place: UInt64, _ rangeEnd: UInt64) -> CarvedHeader? {
    let count = min(UInt64(CarvedHeader.headLength), rangeEnd - place)
    guard let head = try? image.bytes(at: place, count: Int(count)) else { return nil }
    return head.withUnsafeBytes { head in
      CarvedHeader(head) { offset, count in
        let (start, overflow) = place.addingReportingOverflow(offset)
        guard !overflow, start < rangeEnd, rangeEnd - start >= UInt64(count) else { return nil }
        return try? image.bytes(at: start, count: count)
      }
    }
  }
}

/// A file that no file system lists.
struct CarvedFile: Hashable, Sendable {
  /// Where it is on the medium.
  let range: Range<UInt64>
  let kind: CarvedHeader.Kind
  /// Whether all that its header describes is there.
  let isWhole: Bool
}
