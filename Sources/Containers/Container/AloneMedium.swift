import Bytes
import Evidence

/// A medium in a file that is alone, whose messages do not show the folder that it has not.
final class AloneMedium: Medium {
  private let medium: any Medium

  init(_ medium: any Medium) { self.medium = medium }

  var size: UInt64 { medium.size }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    do throws(ImageError) { return try medium.read(into: buffer, at: offset) } catch {
      throw ImageError(ImageFile.withoutFolder(error.description), error.reason)
    }
  }

  func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? {
    medium.place(of: run)
  }

  func pieces(of run: Range<UInt64>, limit: Int) -> [FilePiece]? {
    medium.pieces(of: run, limit: limit)
  }

  func zeros(from offset: UInt64, limit: UInt64) -> UInt64 {
    medium.zeros(from: offset, limit: limit)
  }

  var chunks: ChunkCounts { medium.chunks }

  var omissions: [ItemProblem] {
    medium.omissions.map { ItemProblem($0.reason, ImageFile.withoutFolder($0.message)) }
  }

  var acquisition: Acquisition { medium.acquisition }
}
