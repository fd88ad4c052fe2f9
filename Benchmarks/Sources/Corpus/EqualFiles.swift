import Glibc

/// Files of one size, for measuring what a file costs: `total` bytes in all.
public struct EqualFiles: Sendable {
  /// The size of each, in bytes.
  public let size: Int
  /// How many there are.
  public let count: Int

  private static let filesPerFolder = 256

  /// As many files of `size` bytes as make up `total`.
  public init(size: Int, total: Int) {
    self.size = size
    count = max(1, total / size)
  }

  /// The bytes of all of them.
  public var total: Int { size * count }

  /// Makes the files below the folder `path` unless that exists. Two folders at least, so that two
  /// workers have something to do.
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
