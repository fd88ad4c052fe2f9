import Bytes
import Foundation
import Images
import TestSupport
import Testing

/// The medium of an image, read through our own container, compared with a raw one.
struct Medium {
  let image: OpenedImage

  init(_ path: String) throws { image = try OpenedImage(RawPath(path)) }

  var size: Int { Int(image.reader.size) }

  /// `count` bytes from `offset` on, fewer at the end.
  func bytes(_ offset: Int, _ count: Int) throws -> Data {
    var buffer = Data(count: count)
    let read = try buffer.withUnsafeMutableBytes { bytes in
      try image.reader.read(into: bytes, at: UInt64(offset))
    }
    return buffer.prefix(read)
  }

  /// Whether the medium is `raw`, byte for byte, and then what `rest` more bytes of zeros are.
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

  /// Reads at random places from several threads at once; answers how many reads were wrong.
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

  /// Where pieces of files are given they hold the medium's bytes; where zeros are promised there are.
  func promisesHold(in raw: Data, seed: UInt64) -> Bool {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let start = random.number(0...(raw.count - 1))
      let end = min(raw.count, start + random.number(1...1_000_000))
      let known = image.reader.zeros(from: UInt64(start))
      let zeros = Int(min(known, UInt64(min(raw.count - start, 4 << 20))))
      guard raw[start..<(start + zeros)] == Data(count: zeros) else { return false }
      let run = UInt64(start)..<UInt64(end)
      var position = start
      for piece in image.reader.pieces(of: run, limit: 8192) ?? [] {
        let expected = raw[position..<(position + Int(piece.length))]
        guard content(of: piece) == expected else { return false }
        position += Int(piece.length)
      }
      guard position == start || position == end else { return false }
      if let place = image.reader.place(of: run) {
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
