public import Bytes
public import Evidence

/// Bytes of a disk or another medium, regardless of how they are stored. Several threads read it at
/// the same time. Only ``size`` and ``read(into:at:)`` must be implemented; everything else saves
/// reading, or says more.
public protocol Medium: AnyObject, Sendable {
  /// Size of the medium in bytes.
  var size: UInt64 { get }

  /// Fills `buffer` from `offset`; returns the number of bytes, fewer only at the end of the
  /// medium.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int

  /// Descriptor and offset in an open file of a run that is stored unchanged; nil otherwise, as by
  /// default.
  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)?

  /// A run of the image as pieces of open files and zeros, in order; nil if a part of it is not
  /// stored unchanged, or if there are more than `limit` pieces.
  func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]?

  /// Number of bytes from `offset`, up to `limit`, that are known to be zeros without reading
  /// them: 0 if nothing is known. More zeros may follow.
  func zeros(from offset: UInt64, limit: UInt64) -> UInt64

  /// Number of chunks decoded since it was opened, in it and in the images that it is based on.
  var chunks: ChunkCounts { get }

  /// Content of the image outside the medium as it is read: older states, bytes beyond its end.
  var omissions: [ItemProblem] { get }

  /// Information kept in the image about the acquisition of the medium.
  var acquisition: Acquisition { get }
}

extension Medium {
  /// Nil: the medium has no open files.
  public func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }

  /// The one piece of ``place(of:)``.
  public func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]? {
    guard limit > 0, let place = place(of: run) else { return nil }
    return [
      FilePiece(descriptor: place.descriptor, offset: place.offset, length: UInt64(run.count))
    ]
  }

  /// 0: nothing is known.
  public func zeros(from offset: UInt64, limit: UInt64) -> UInt64 { 0 }

  /// Empty: everything is read.
  public var omissions: [ItemProblem] { [] }

  /// Empty: nothing is kept.
  public var acquisition: Acquisition { Acquisition() }

  /// None: nothing is decoded.
  public var chunks: ChunkCounts { ChunkCounts() }

  /// Number of bytes from `offset` that are known to be zeros, within a reasonable limit.
  package func zeros(from offset: UInt64) -> UInt64 { zeros(from: offset, limit: .max) }

  /// Reads up to `count` bytes from `offset`; fewer only at the end of the medium.
  package func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var outcome: Result<Int, ImageError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      do throws(ImageError) { outcome = .success(try read(into: buffer, at: offset)) } catch {
        outcome = .failure(error)
      }
    }
    bytes.removeLast(count - (try outcome.get()))
    return bytes
  }
}

/// Reason why an image cannot be read. Names the file, and the remedy if there is one.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The explanation.
  public let description: String
  /// Reason that a scan of the image reports.
  public let reason: ItemProblem.Reason

  /// Creates an error. Scans that come upon it report `reason`.
  public init(_ description: String, _ reason: ItemProblem.Reason = .unreadable) {
    self.description = description
    self.reason = reason
  }

  /// Whether other parts of the medium may be readable: a bad sector, or an end that is missing.
  package var isOfPart: Bool { reason == .unreadable || reason == .truncated }

  package init(_ path: RawPath, _ error: SystemCallError) {
    self.init("\(path.shown): \(error.words)")
  }

  /// Error for a damaged file of an image.
  package init(damaged path: RawPath, _ what: String) {
    self.init("\(path.shown): damaged: \(what)")
  }

  /// Error for a sound file of an unsupported kind.
  package init(unsupported path: RawPath, _ what: String) {
    self.init("\(path.shown): \(what); convert it to a raw image", .unsupported)
  }
}
