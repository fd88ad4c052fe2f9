import Bytes
import Containers
import Foundation
import Images
import TestSupport
import Testing

/// The medium of an image, read through our own container reader and compared with a raw one.
struct TestImage {
  let image: OpenedImage
  /// Container and recognised content.
  let words: String

  init(_ path: String) throws {
    image = try OpenedImage(RawPath(path))
    words = try image.words
  }

  var size: Int { Int(image.medium.size) }

  /// Reads `count` bytes from `offset`, fewer at the end.
  func bytes(_ offset: Int, _ count: Int) throws -> Data {
    var buffer = Data(count: count)
    let read = try buffer.withUnsafeMutableBytes { bytes in
      try image.medium.read(into: bytes, at: UInt64(offset))
    }
    return buffer.prefix(read)
  }

  /// Whether the medium equals `raw` byte for byte, with any further bytes zero.
  func isIdentical(to raw: Data) throws -> Bool {
    var position = 0
    while position < size {
      let piece = try bytes(position, 3 << 20)
      guard !piece.isEmpty else { return false }
      let expected = raw.dropFirst(position).prefix(piece.count)
      guard piece.prefix(expected.count) == expected,
        piece.dropFirst(expected.count) == Data(count: piece.count - expected.count)
      else { return false }
      position += piece.count
    }
    return position >= raw.count
  }

  /// Reads at random offsets from several threads; returns the number of wrong reads.
  func mistakes(against raw: Data, reads: Int, seed: UInt64) -> Int {
    let mistakes = Counter()
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      var random = SeededGenerator(seed: seed + UInt64(thread))
      for _ in 0..<reads {
        let offset = random.number(0...(raw.count - 1))
        let count = random.number(1...(random.oneIn(4) ? 300_000 : 5000))
        let expected = raw[offset..<min(raw.count, offset + count)]
        let read = (try? bytes(offset, count)) ?? Data()
        if read.prefix(expected.count) != expected { mistakes.add() }
      }
    }
    return mistakes.count
  }

  /// Whether file pieces contain the medium's bytes, and promised zeros are zeros.
  func promisesHold(in raw: Data, seed: UInt64) -> Bool {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let start = random.number(0...(raw.count - 1))
      let end = min(raw.count, start + random.number(1...1_000_000))
      let known = image.medium.zeros(from: UInt64(start))
      let zeros = Int(min(known, UInt64(min(raw.count - start, 4 << 20))))
      guard raw[start..<(start + zeros)] == Data(count: zeros) else { return false }
      let run = UInt64(start)..<UInt64(end)
      var position = start
      for piece in image.medium.pieces(of: run, limit: 8192) ?? [] {
        let expected = raw[position..<(position + Int(piece.length))]
        guard content(of: piece) == expected else { return false }
        position += Int(piece.length)
      }
      guard position == start || position == end else { return false }
      if let place = image.medium.place(of: run) {
        let piece = FilePiece(
          descriptor: place.descriptor, offset: place.offset, length: UInt64(run.count))
        guard content(of: piece) == raw[start..<end] else { return false }
      }
    }
    return true
  }

  private func content(of piece: FilePiece) -> Data {
    var data = Data(count: Int(piece.length))
    guard let descriptor = piece.descriptor else { return data }
    let read = data.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, $0.count, off_t(piece.offset))
    }
    return data.prefix(max(0, read))
  }
}

/// Counts from several threads.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0
  func add() { lock.withLock { value += 1 } }
  var count: Int { lock.withLock { value } }
}
