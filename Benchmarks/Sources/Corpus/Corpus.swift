import Glibc

/// A tree of files to scan, identical byte for byte for the same size on every machine.
public struct Corpus: Sendable {
  /// Version of the content, so that no measurement uses the corpus of another version.
  public static let version = 1

  /// Default size in megabytes: about 20,000 files.
  public static let defaultMegabytes = 256

  private static let seed: UInt64 = 0x7472_6177_6C00_0001
  private static let filesPerFolder = 24

  /// Size in millions of bytes.
  public let megabytes: Int

  /// Creates a corpus of about `megabytes` million bytes.
  public init(megabytes: Int = defaultMegabytes) { self.megabytes = max(1, megabytes) }

  /// Writes the corpus to the folder `path` unless that exists. The folder gets its name when it
  /// is complete, so an existing one can be used.
  public func prepare(at path: String) throws(CorpusError) {
    let place = Array(path.utf8)
    guard !Folder.exists(place) else { return }
    let folder = try Folder(creating: place + Array(".partial-\(getpid())".utf8))
    try write(to: folder)
    _ = try folder.move(to: place)
  }

  private func write(to root: Folder) throws(CorpusError) {
    var random = SplitMix64(seed: Self.seed)
    let stock = ByteStock(&random)
    var rest = megabytes * 1_000_000
    rest -= try writeSpecimens(to: root.folder("specimens"), stock, &random)
    rest -= try writeLargeFiles(to: root.folder("large"), stock, &random)
    var count = 0
    var folder = root
    while rest > 0 {
      if count % Self.filesPerFolder == 0 {
        let number = count / Self.filesPerFolder
        folder = try root.folder("part-\(number / 32)/package-\(number % 32)")
      }
      let kind = FileKind.drawn(&random)
      let bytes = kind.content(stock, &random)
      try folder.write(bytes, as: Array("file-\(count)\(kind.suffix)".utf8))
      rest -= bytes.count
      count += 1
    }
  }

  /// Writes files to be found, and the other kinds of entries in a tree: a hard link and a
  /// symbolic link.
  private func writeSpecimens(
    to folder: Folder, _ stock: ByteStock, _ random: inout SplitMix64
  ) throws(CorpusError) -> Int {
    var size = 0
    for specimen in Specimen.all(stock, &random) {
      try folder.write(specimen.bytes, as: specimen.name)
      size += specimen.bytes.count
    }
    try folder.link("driver.sys", as: "driver-again.sys")
    try folder.symbolicLink("driver-link.sys", to: "driver.sys")
    return size
  }

  /// Writes one large shared object per 64 MB, like those of compilers and browsers.
  private func writeLargeFiles(
    to folder: Folder, _ stock: ByteStock, _ random: inout SplitMix64
  ) throws(CorpusError) -> Int {
    var size = 0
    for number in 0..<megabytes / 64 {
      let bytes = FileKind.sharedObject.content(size: (4 + number % 4 * 4) << 20, stock, &random)
      try folder.write(bytes, as: Array("library-\(number).so".utf8))
      size += bytes.count
    }
    return size
  }
}
