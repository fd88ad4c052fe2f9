import Containers

/// Reads the medium in an image, in any container, and one of its own, using only the public API
/// of `Containers`: it ends with status 0 only if all is correct.
@main
struct Container {
  static func main() throws {
    let own = Ramp(size: 4096)
    let part = try bytes(of: own, at: 250, count: 10)
    precondition(part == [250, 251, 252, 253, 254, 255, 0, 1, 2, 3], "\(part)")
    precondition(own.pieces(of: 0..<512, limit: 1) == nil && own.zeros(from: 0, limit: 512) == 0)

    let image = try OpenedImage(RawPath(CommandLine.arguments[1]))
    precondition(image.container == "QCOW2", image.container)
    let first = try bytes(of: image.medium, at: 0, count: 10)
    precondition(first == Array("the medium".utf8), "\(first)")
    print("containers: all is as it should be")
  }

  static func bytes(of medium: any Medium, at offset: UInt64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try bytes.withUnsafeMutableBytes { try medium.read(into: $0, at: offset) }
    return Array(bytes.prefix(read))
  }
}

/// A medium that is stored nowhere: its bytes count.
final class Ramp: Medium {
  let size: UInt64

  init(size: UInt64) { self.size = size }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError) -> Int
  {
    let count = Int(min(UInt64(buffer.count), size - min(offset, size)))
    for index in 0..<count {
      buffer[index] = UInt8(truncatingIfNeeded: offset + UInt64(index))
    }
    return count
  }
}
