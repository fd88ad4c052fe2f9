import Bytes
import Containers
import Dispatch
import Locks

/// Finds files that no file system lists, at every sector of some ranges of the medium.
struct Carver {
  let image: any Medium
  let isCancelled: @Sendable () -> Bool
  /// Time for the headers of one piece of ``pieceLength`` bytes, after which the rest of it is
  /// passed over.
  var patience = Duration.seconds(20)

  /// Alignment of files in bytes: they begin at a sector, whatever the cluster size.
  static let sectorSize = SpaceOwners.sectorSize
  private static let pieceLength: UInt64 = 4 << 20
  private static let pageLength = 4096
  /// Number of pieces that keeps every processor busy, without an array whose length the evidence
  /// chooses.
  private static let piecesAtOnce = 1024

  /// Results from the ranges, in their order.
  struct Result: Sendable {
    var files: [CarvedFile] = []
    /// Ranges that could not be read.
    var unreadable: [Range<UInt64>] = []
    /// Number of bytes that the container knows to be zeros.
    var knownZeros: UInt64 = 0
    /// Ranges in which headers were left out because of the time that others took.
    var overdue: [Range<UInt64>] = []

    mutating func add(_ other: Result) {
      files += other.files
      unreadable += other.unreadable
      knownZeros += other.knownZeros
      overdue += other.overdue
    }
  }

  /// Carves the ranges on all processors: files that begin in `window`, which ends at a sector
  /// boundary.
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
        // A small container may claim a medium of petabytes that it knows to be zeros.
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

  /// Part of a range, with the end of that range.
  private struct Piece {
    let start: UInt64
    let end: UInt64
    let rangeEnd: UInt64
  }

  /// Searches the pieces and returns results in their order.
  private func search(_ pieces: [Piece]) -> Result {
    let found = Locked([Int: Result]())
    DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
      guard !isCancelled() else { return }
      let result = search(pieces[index])
      guard
        !result.files.isEmpty || !result.unreadable.isEmpty || result.knownZeros > 0
          || !result.overdue.isEmpty
      else {
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
    var time = Duration.zero
    // Slack ranges are short and numerous.
    let length = Int(min(256 << 10, piece.end - min(piece.start, piece.end)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 4096)
    defer { buffer.deallocate() }
    while start < piece.end {
      // Skip known zeros of the container without reading them.
      let zeros = image.zeros(from: start) / Self.sectorSize * Self.sectorSize
      guard zeros == 0 else {
        let count = min(zeros, piece.end - start)
        result.knownZeros += count
        start += count
        continue
      }
      if time > patience {
        result.overdue.append(start..<piece.end)
        return result
      }
      let began = ContinuousClock.now
      defer { time += ContinuousClock.now - began }
      let count = min(UInt64(buffer.count), piece.end - start)
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)])
      do throws(ImageError) {
        let read = try image.read(into: target, at: start)
        search(
          UnsafeRawBufferPointer(rebasing: buffer[..<read]), at: start, rangeEnd: piece.rangeEnd,
          &result)
        guard read == target.count else { return result }
      } catch {
        // After a long unreadable stretch, do not retry page by page.
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

  /// Searches a piece with a bad sector page by page, including everything around the bad sector.
  /// Returns whether anything could be read.
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
      // The rest belongs to another file: this one was overwritten or is fragmented.
      let length = min(header.length, rangeEnd - place)
      result.files.append(
        CarvedFile(
          range: place..<(place + length), kind: header.kind, isWhole: length == header.length))
    }
  }

  func header(at place: UInt64, _ rangeEnd: UInt64) -> CarvedHeader? {
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

extension Carver {
  /// Whole files that begin where the content of a live file begins, and end in unowned bytes behind it: the rest of
  /// a file whose size was truncated. `contents` are in order; those that end in the window are examined.
  func longer(
    than contents: [Range<UInt64>], in window: Range<UInt64>, before unowned: ByteRanges
  ) -> [CarvedFile] {
    let first = contents.partitionPoint { $0.upperBound > window.lowerBound }
    let end = contents.partitionPoint { $0.upperBound > window.upperBound }
    let found = Locked([CarvedFile]())
    let batches = (max(first, end) - first + Self.contentsAtOnce - 1) / Self.contentsAtOnce
    DispatchQueue.concurrentPerform(iterations: batches) { batch in
      let start = first + batch * Self.contentsAtOnce
      let files = contents[start..<min(start + Self.contentsAtOnce, end)].compactMap {
        longer(than: $0, before: unowned)
      }
      if !files.isEmpty { found.withLock { $0 += files } }
    }
    return found.withLock { $0 }
  }

  private static let contentsAtOnce = 256

  private func longer(than content: Range<UInt64>, before unowned: ByteRanges) -> CarvedFile? {
    guard content.upperBound < image.size else { return nil }
    let behind = content.upperBound..<(content.upperBound + 1)
    guard let space = unowned.ranges(touching: behind).first,
      image.zeros(from: content.lowerBound, limit: 1) == 0
    else { return nil }
    let isHeader = withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
      (try? image.read(into: bytes, at: content.lowerBound)) == 8
        && CarvedHeader.mayBegin(UnsafeRawBufferPointer(bytes), at: 0)
    }
    guard isHeader, let header = header(at: content.lowerBound, space.upperBound),
      header.length > UInt64(content.count),
      header.length <= space.upperBound - content.lowerBound
    else { return nil }
    return CarvedFile(
      range: content.lowerBound..<(content.lowerBound + header.length), kind: header.kind,
      isWhole: true)
  }
}

/// A file that no file system lists.
struct CarvedFile: Hashable, Sendable {
  /// Byte range on the medium.
  let range: Range<UInt64>
  let kind: CarvedHeader.Kind
  /// Whether everything that its header describes is present.
  let isWhole: Bool
}
