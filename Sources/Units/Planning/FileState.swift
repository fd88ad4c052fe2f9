package import Bytes

/// Digest of the states of some files that does not depend on their order: the sum of the digests of each.
package struct FileState: Hashable, Sendable {
  private var sum: [UInt64] = [0, 0, 0, 0]
  private var count: UInt64 = 0
  /// Whether a file has several paths at random, so that they must not count.
  private let ignoresPaths: Bool

  package init(ignoringPaths: Bool) { ignoresPaths = ignoringPaths }

  /// Counts a file.
  package mutating func add(_ entry: FileList.Entry) {
    var bytes = [entry.size, UInt64(bitPattern: entry.modified)].flatMap { value in
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    if !ignoresPaths { bytes += entry.path.bytes }
    let digest = Digest.sha256(of: bytes)
    add(
      (0..<4).map { rank in
        (0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[rank * 8 + $1]) << (8 * $1) }
      }, count: 1)
  }

  /// Counts the files of another state.
  package mutating func add(_ other: FileState) { add(other.sum, count: other.count) }

  private mutating func add(_ words: [UInt64], count: UInt64) {
    var carry: UInt64 = 0
    for rank in 0..<4 {
      let (first, over) = sum[rank].addingReportingOverflow(words[rank])
      let (second, overAgain) = first.addingReportingOverflow(carry)
      sum[rank] = second
      carry = (over ? 1 : 0) + (overAgain ? 1 : 0)
    }
    self.count &+= count
  }

  /// The digest in hexadecimal.
  package var text: String {
    let bytes = (sum + [count]).flatMap { value in
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    return Hexadecimal.text(of: Digest.sha256(of: bytes).prefix(16))
  }

  /// Whether items of other slices may need a file: a transaction log of a registry hive, a catalogue file.
  package static func isCompanion(_ path: RawPath) -> Bool {
    let end = path.bytes.suffix(5).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return suffixes.contains { end.suffix($0.count).elementsEqual($0) }
  }

  private static let suffixes = [".cat", ".log", ".log1", ".log2"].map { Array($0.utf8) }
}
