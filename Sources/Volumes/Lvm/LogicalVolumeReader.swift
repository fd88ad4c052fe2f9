import Bytes
package import Containers
package import Evidence

/// A logical volume as a medium: its pieces on the physical volume, one after the other.
package final class LogicalVolumeReader: MappedImage {
  package let size: UInt64
  private let medium: any Medium
  /// Byte ranges on the medium.
  package let runs: [Range<UInt64>]
  /// Offset of each run in the volume.
  private let starts: [UInt64]

  /// Creates a reader. `runs` are ranges of the medium, none of them empty; their sum is at most
  /// the largest size of a medium.
  package init(_ medium: any Medium, runs: [Range<UInt64>]) {
    self.medium = medium
    self.runs = runs
    var size: UInt64 = 0
    starts = runs.map { run in
      defer { size += run.upperBound - run.lowerBound }
      return size
    }
    self.size = size
  }

  package var chunks: ChunkCounts { medium.chunks }

  package func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let index = self.index(of: offset)
    let inside = offset - starts[index]
    // Bytes beyond the end of a truncated image are an error, not zeros.
    return Piece(
      .medium(medium, at: runs[index].lowerBound + inside),
      length: runs[index].upperBound - runs[index].lowerBound - inside)
  }

  /// Translates bytes of the volume to bytes of the medium. Bytes beyond the volume's end are
  /// placed beyond the end of any medium.
  package func places(of run: Run) -> [Run] {
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
    starts.partitionPoint { $0 > offset } - 1
  }
}

extension LvmGroup.LogicalVolume {
  /// Reader of its bytes, on a medium on which its physical volume begins at `start`; nil if they
  /// are contiguous.
  package func reader(on medium: any Medium, at start: UInt64) -> LogicalVolumeReader? {
    var places = [Range<UInt64>]()
    for run in runs {
      let (end, overflow) = run.upperBound.addingReportingOverflow(start)
      guard !overflow, end <= UInt64(Int64.max) else { return nil }
      places.append((run.lowerBound + start)..<end)
    }
    return places.isEmpty ? nil : LogicalVolumeReader(medium, runs: places)
  }
}
