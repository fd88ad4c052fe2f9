package import Bytes
public import Evidence

/// The bytes of an image, whatever container they are in. Reads may come from several threads.
package protocol ImageReader: AnyObject, Sendable {
  /// The size of the medium in bytes.
  var size: UInt64 { get }

  /// Fills `buffer` from `offset` on; answers how many bytes, fewer only at the end of the medium.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int

  /// Where a run of the image lies in an open file, if it lies there as it is.
  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)?

  /// A run of the image as pieces of open files and zeros, in order; nil if a part of it lies nowhere
  /// as it is, or if there are more than `limit` pieces.
  func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]?

  /// How many bytes from `offset` on, up to `limit`, are known to be zeros without reading them: 0 when
  /// nothing is known. There may be more behind them.
  func zeros(from offset: UInt64, limit: UInt64) -> UInt64

  /// What was decoded of it, and of what it stands on, since it was opened.
  var chunks: ChunkCounts { get }

  /// What the image keeps from the time when the medium was acquired.
  var acquisition: Acquisition { get }
}

extension ImageReader {
  package func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]? {
    guard limit > 0, let place = place(of: run) else { return nil }
    return [
      FilePiece(descriptor: place.descriptor, offset: place.offset, length: UInt64(run.count))
    ]
  }

  package func zeros(from offset: UInt64, limit: UInt64) -> UInt64 { 0 }

  package var acquisition: Acquisition { Acquisition() }

  package var chunks: ChunkCounts { ChunkCounts() }

  /// How many bytes from `offset` on are known to be zeros, as far as it is worth looking at once.
  package func zeros(from offset: UInt64) -> UInt64 { zeros(from: offset, limit: .max) }
}

extension ImageReader {
  /// Up to `count` bytes from `offset` on; fewer only at the end of the medium.
  func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
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

/// Why an image cannot be read; names the file and, where there is one, the remedy.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The explanation.
  public let description: String
  /// What it comes to for whoever wanted to scan the image.
  public let reason: ItemProblem.Reason

  init(_ description: String, _ reason: ItemProblem.Reason = .unreadable) {
    self.description = description
    self.reason = reason
  }

  init(_ path: RawPath, _ error: SystemCallError) {
    self.init("\(path.shown): \(error.words)")
  }

  /// Damage of a file that is part of an image.
  init(damaged path: RawPath, _ what: String) {
    self.init("\(path.shown): damaged: \(what)")
  }

  /// A container of a kind that is not read.
  init(_ kind: ContainerKind, _ path: RawPath) {
    self.init(
      "\(path.shown): \(kind.rawValue): not read; \(kind.remedy ?? "convert it to a raw image")",
      .unsupported)
  }

  /// A file that is sound, and of a kind that cannot be read.
  init(unsupported path: RawPath, _ what: String) {
    self.init("\(path.shown): \(what); convert it to a raw image", .unsupported)
  }
}
