package import Containers
import Evidence

/// Byte runs of the image that a file system reader parsed as structures: the account calls
/// them metadata.
package struct ParsedStructures {
  private var runs: [Run] = []

  /// Limit of runs; further ones only count as unallocated.
  private static let maximumCount = 2_000_000
  /// Number of runs that fit into a frame.
  private static let batch = 8192

  package init() {}

  /// Adds bytes from an offset in the image.
  package mutating func add(_ offset: UInt64, length: UInt64) {
    guard length > 0 else { return }
    if let last = runs.last, last.offset &+ last.length == offset, last.length <= .max - length {
      runs[runs.count - 1] = Run(offset: last.offset, length: last.length + length)
    } else if runs.count < Self.maximumCount {
      runs.append(Run(offset: offset, length: length))
    }
  }

  /// Adds those extents that are stored in the image.
  package mutating func add(_ extents: [Extent]) {
    for extent in extents {
      if let offset = extent.offset { add(offset, length: extent.length) }
    }
  }

  /// Reports all of them to a visitor.
  package func report(to visitor: any FileSystemVisitor) throws(ImageError) {
    for start in stride(from: 0, to: runs.count, by: Self.batch) {
      try visitor.own(Array(runs[start..<min(start + Self.batch, runs.count)]), as: .structure)
    }
  }
}
