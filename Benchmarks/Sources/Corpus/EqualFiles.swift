import Glibc

/// Files of one size, to measure the cost of a file: `total` bytes in all.
public struct EqualFiles: Sendable {
  /// Size of each in bytes.
  public let size: Int
  /// Number of files.
  public let count: Int

  private static let filesPerFolder = 256

  /// Creates as many files of `size` bytes as `total` bytes contain.
  public init(size: Int, total: Int) {
    self.size = size
    count = max(1, total / size)
  }

  /// Total bytes of all files.
  public var total: Int { size * count }

  /// Writes the files below the folder `path` unless that exists. Uses at least two folders, so
  /// that two workers have work.
  public func prepare(at path: String) throws(CorpusError) {
    let place = Array(path.utf8)
    guard !Folder.exists(place) else { return }
    let root = try Folder(creating: place + Array(".partial-\(getpid())".utf8))
    var random = SplitMix64(seed: UInt64(size))
    let stock = ByteStock(&random)
    let width = min(Self.filesPerFolder, (count + 1) / 2)
    for number in 0..<count {
      let folder = try root.folder("\(number / width)")
      var bytes = [UInt8]()
      stock.append(size, of: .noise, to: &bytes, &random)
      try folder.write(bytes, as: Array("\(number)".utf8))
    }
    _ = try root.move(to: place)
  }
}
