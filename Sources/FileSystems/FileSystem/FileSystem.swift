package import Bytes
package import Containers
package import Evidence

/// An opened file system in a volume: lists its files, and the bytes that belong to none.
package protocol FileSystem: AnyObject {
  /// Name of its type, such as `ntfs` or `ext4`, as The Sleuth Kit calls it if it knows it.
  var typeName: String { get }

  /// Passes every file, in use or deleted, and everything unreadable to `visitor`. Throws the
  /// visitor's errors, and an error if the file system cannot be listed at all.
  func walk(_ visitor: any FileSystemVisitor) throws(ImageError)

  /// Passes on the unallocated runs of the medium in order, then the space behind the last block,
  /// open-ended because only the caller knows where the volume ends. Returns false without
  /// passing on anything if this reader does not read the map: then The Sleuth Kit is used. A
  /// damaged map is an error, because space that it fails to list as free would be skipped.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool

  /// Reads part of a stream that is not plain bytes of the medium; fewer bytes only at its end. Nil
  /// if this reader does not read the stream: then The Sleuth Kit is used.
  func read(_ stream: StreamAddress, offset: UInt64, count: Int) throws(ImageError) -> [UInt8]?

  /// Passes on deleted files that no directory names, where the walk of another reader leaves
  /// them to this one; `isKnown` tells whether that reader has passed on a number.
  func walkOrphans(_ visitor: any FileSystemVisitor, isKnown: (UInt64) -> Bool)
    throws(ImageError)
}

extension FileSystem {
  package func walkOrphans(_ visitor: any FileSystemVisitor, isKnown: (UInt64) -> Bool)
    throws(ImageError)
  {}

  package func read(_ stream: StreamAddress, offset: UInt64, count: Int) throws(ImageError)
    -> [UInt8]?
  {
    nil
  }
}

/// A file system that recognises itself in a volume by its superblock. To add one, create a
/// folder beside `Ext` and add a line to ``FileSystemReaders/all``.
protocol RecognisedFileSystem: FileSystem {
  /// Types that it reads. If The Sleuth Kit opens a file system of another type, the volume
  /// contains that one: superblocks remain after something else was created over them.
  static var typeNames: [String] { get }

  /// Display name of the format, such as `XFS`.
  static var formatName: String { get }

  /// Opens the file system that begins at a byte of the medium; nil if there is none. Throws if
  /// there is an unsupported one.
  static func open(_ medium: any Medium, at start: UInt64) throws(FileSystemError)
    -> (any RecognisedFileSystem)?

  /// Receives The Sleuth Kit's view of the same volume, before it is walked.
  func accompany(_ other: any FileSystem)
}

extension RecognisedFileSystem {
  func accompany(_ other: any FileSystem) {}
}

/// Receiver of a file system's listing.
package protocol FileSystemVisitor: AnyObject {
  /// Receives a stream of a file under one of its names.
  func visit(_ file: FileEntry) throws(ImageError)

  /// Records something that cannot be read.
  func report(_ problem: ItemProblem, at path: RawPath) throws(ImageError)

  /// Records names that lead to no content.
  func ignore(_ kind: IgnoredKind, count: UInt32) throws(ImageError)

  /// Records bytes of the medium that are in no extent of a file.
  func own(_ runs: [Run], as kind: OwnedKind) throws(ImageError)

  /// Signals progress when nothing else was passed on for a while.
  func heartbeat() throws(ImageError)

  /// Number by which a data stream of an NTFS entry can be read, where the reader of the stream
  /// counts streams differently; nil if the entry's own number is right.
  func number(ofStream name: [UInt8], entry: UInt64) -> UInt16?
}

/// Owner of bytes that are in no extent of a file.
package enum OwnedKind: UInt8 {
  /// A structure of the file system that was parsed.
  case structure
  /// Content of a live file that only The Sleuth Kit can read: compressed clusters.
  case content
}

extension FileSystemVisitor {
  package func number(ofStream name: [UInt8], entry: UInt64) -> UInt16? { nil }
}
