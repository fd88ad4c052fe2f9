import Bytes
import Containers
import Evidence
import FileSystems
import Volumes

/// Converts the results of a file system walk to replies. Places on a logical volume become
/// bytes of the image.
final class WalkReplies: FileSystemVisitor {
  private let volume: VolumeAddress
  private let logical: LogicalVolumeReader?
  private let number: ([UInt8], UInt64) -> UInt16?
  private let send: (HelperReply) throws(ImageError) -> Void

  /// `number` returns the number of an NTFS entry's stream by which The Sleuth Kit reads it.
  init(
    of volume: VolumeAddress, _ logical: LogicalVolumeReader?,
    number: @escaping ([UInt8], UInt64) -> UInt16?,
    _ send: @escaping (HelperReply) throws(ImageError) -> Void
  ) {
    self.volume = volume
    self.logical = logical
    self.number = number
    self.send = send
  }

  func visit(_ file: FileEntry) throws(ImageError) {
    try send(.item(logical.map(file.placed) ?? file, in: volume))
  }

  func report(_ problem: ItemProblem, at path: RawPath) throws(ImageError) {
    try send(.problem(path: path, problem.reason, message: problem.message))
  }

  func ignore(_ kind: IgnoredKind, count: UInt32) throws(ImageError) {
    try send(.ignored(kind, count: count))
  }

  func own(_ runs: [Run], as kind: OwnedKind) throws(ImageError) {
    guard let logical else { return try send(.owned(kind, runs)) }
    let places = runs.flatMap { run in
      let length = min(run.length, logical.size - min(run.offset, logical.size))
      return logical.places(of: Run(offset: run.offset, length: length))
    }
    try send(.owned(kind, places))
  }

  func heartbeat() throws(ImageError) { try send(.heartbeat) }

  func number(ofStream name: [UInt8], entry: UInt64) -> UInt16? { number(name, entry) }
}

extension FileEntry {
  /// The same file, with its extents in bytes of the image.
  fileprivate func placed(by logical: LogicalVolumeReader) -> FileEntry {
    guard let extents else { return self }
    var entry = self
    var list = ExtentList()
    for extent in extents {
      guard let offset = extent.offset else {
        list.append(extent)
        continue
      }
      for place in logical.places(of: Run(offset: offset, length: extent.length)) {
        list.append(Extent(offset: place.offset, length: place.length))
      }
    }
    entry.extents = list.all
    return entry
  }
}
