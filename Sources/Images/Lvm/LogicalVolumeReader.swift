import Evidence

/// A logical volume as a medium of its own: its pieces on the physical volume, one behind the other.
final class LogicalVolumeReader: MappedImage {
  let size: UInt64
  private let medium: any ImageReader
  /// Where it lies on the medium.
  let runs: [Range<UInt64>]
  /// The place of each run in the volume.
  private let starts: [UInt64]

  /// `runs` are bytes of the medium, none of them empty; together not more than a medium can have.
  init(_ medium: any ImageReader, runs: [Range<UInt64>]) {
    self.medium = medium
    self.runs = runs
    var size: UInt64 = 0
    starts = runs.map { run in
      defer { size += run.upperBound - run.lowerBound }
      return size
    }
    self.size = size
  }

  var chunks: ChunkCounts { medium.chunks }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let index = self.index(of: offset)
    let inside = offset - starts[index]
    // What a cut image has no more is an error, and no zeros.
    return Piece(
      .medium(medium, at: runs[index].lowerBound + inside),
      length: runs[index].upperBound - runs[index].lowerBound - inside)
  }

  /// Where bytes of the volume lie on the medium. What would lie behind its end lies behind every medium.
  func places(of run: Run) -> [Run] {
    var places = [Run]()
    var offset = run.offset
    var rest = run.length
    while rest > 0 {
      guard offset < size else {
        places.append(Run(offset: UInt64(Int64.max), length: rest))
        break
      }
      let index = self.index(of: offset)
      let inside = offset - starts[index]
      let length = min(rest, runs[index].upperBound - runs[index].lowerBound - inside)
      places.append(Run(offset: runs[index].lowerBound + inside, length: length))
      offset += length
      rest -= length
    }
    return places
  }

  private func index(of offset: UInt64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
