import Bytes

/// The bytes of an image, whatever container they are in. Reads may come from several threads.
protocol ImageReader: AnyObject, Sendable {
  /// The size of the medium in bytes.
  var size: UInt64 { get }

  /// Fills `buffer` from `offset` on; answers how many bytes, fewer only at the end of the medium.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int

  /// Where a run of the image lies in an open file, if it lies there as it is.
  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)?
}

/// Why an image cannot be read; names the file and, where there is one, the remedy.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The explanation.
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ path: RawPath, _ error: SystemCallError) {
    description = "\(path.shown): \(error.words)"
  }
}
