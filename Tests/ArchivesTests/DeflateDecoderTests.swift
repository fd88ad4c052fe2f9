import Foundation
import TestSupport
import Testing

@testable import Archives

/// The decoder of beginnings, against zlib's compressor and libdeflate.
@Suite struct DeflateDecoderTests {
  private struct Stream {
    let packed: [UInt8]
    let plain: [UInt8]
  }

  /// Streams of all levels and strategies of zlib, from nothing to 40,000 bytes of several kinds of content.
  private static let streams: [Stream] = {
    let program = """
      import random, struct, sys, zlib
      r = random.Random(3)
      out = sys.stdout.buffer
      for n in range(400):
        length = r.choice([0, 1, 2, 100, 4096, r.randrange(40000)])
        kind = r.randrange(4)
        plain = (r.randbytes(length) if kind == 0 else bytes(length) if kind == 1 else
          bytes(r.choices(b'etaoin shrdlu', k=length)) if kind == 2 else
          bytes(r.choices(range(256), weights=[1/(v+1) for v in range(256)], k=length)))
        z = zlib.compressobj(r.randrange(10), zlib.DEFLATED, -15, 9, r.randrange(5))
        packed = b''
        for place in range(0, len(plain), 10000):
          packed += z.compress(plain[place:place+10000])
          if r.randrange(3) == 0: packed += z.flush(r.choice([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH]))
        packed += z.flush()
        out.write(struct.pack('<II', len(packed), len(plain)) + packed + plain)
      """
    guard let made = try? Subprocess.run("python3", ["-c", program]), made.status == 0 else {
      return []
    }
    let bytes = Array(made.output)
    var streams = [Stream]()
    var position = 0
    while position < bytes.count {
      func number(_ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[position + offset + $1]) << (8 * $1) }
      }
      let (packed, plain) = (number(0), number(4))
      let start = position + 8
      streams.append(
        Stream(
          packed: Array(bytes[start..<(start + packed)]),
          plain: Array(bytes[(start + packed)..<(start + packed + plain)])))
      position = start + packed + plain
    }
    return streams
  }()

  private let decoder = DeflateDecoder()

  private func decode(_ packed: [UInt8], upTo limit: Int) -> (
    bytes: [UInt8], end: DeflateDecoder.End
  ) {
    var end = DeflateDecoder.End.damaged
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      packed.withUnsafeBytes { packed in
        (filled, end) = decoder.decode(
          packed,
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: buffer[..<limit])))
      }
    }
    return (bytes, end)
  }

  @Test func wholeStreamsAndBeginnings() {
    #expect(Self.streams.count == 400)
    var random = SeededGenerator(seed: 1)
    for stream in Self.streams {
      let whole = decode(stream.packed, upTo: stream.plain.count + 1)
      #expect(whole.bytes == stream.plain)
      #expect(whole.end == .whole)
      guard stream.plain.count > 1 else { continue }
      let limit = Int(random.number(1...(stream.plain.count - 1)))
      let part = decode(stream.packed, upTo: limit)
      #expect(part.bytes == Array(stream.plain.prefix(limit)))
      #expect(part.end == .cut)
    }
  }

  /// A stream that is offered and not left there goes on as if nothing had happened.
  @Test func beginningsAreOfferedOnce() {
    var random = SeededGenerator(seed: 4)
    var offers = 0
    for stream in Self.streams where stream.plain.count > 300 {
      let offered = Int(random.number(1...200))
      for leaves in [false, true] {
        var seen = [[UInt8]]()
        var result = (count: 0, end: DeflateDecoder.End.damaged)
        let bytes = [UInt8](unsafeUninitializedCapacity: 300) { buffer, filled in
          stream.packed.withUnsafeBytes { packed in
            result = decoder.decode(
              packed,
              into: UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: buffer[..<300])),
              offering: offered
            ) { first in
              seen.append(Array(first))
              return leaves
            }
          }
          filled = result.count
        }
        #expect(stream.plain.starts(with: bytes))
        #expect(result.end == .cut)
        #expect(seen.count <= 1)
        guard let first = seen.first else { continue }
        offers += 1
        // A match may reach beyond the offer.
        #expect(first.count >= offered && first.count < offered + 258)
        #expect(stream.plain.starts(with: first))
        #expect(bytes.count == (leaves ? first.count : 300))
      }
    }
    #expect(offers > 100)
  }

  @Test func aCutStreamGivesWhatItHas() {
    var random = SeededGenerator(seed: 2)
    for stream in Self.streams where stream.packed.count > 1 {
      let cut = Array(stream.packed.prefix(Int(random.number(0...(stream.packed.count - 1)))))
      let part = decode(cut, upTo: stream.plain.count + 1)
      #expect(part.end == .damaged)
      #expect(stream.plain.starts(with: part.bytes))
    }
  }

  /// Where libdeflate decodes a damaged stream, this decoder does, to the same bytes.
  @Test func damagedStreamsAgreeWithLibdeflate() {
    let inflate = ZipInflate()
    var random = SeededGenerator(seed: 3)
    var valid = 0
    for _ in 0..<4000 {
      var packed = Self.streams[Int(random.number(0...399))].packed
      guard packed.count < 8000, !packed.isEmpty else { continue }
      for _ in 0..<random.number(1...3) {
        packed[Int(random.number(0...(packed.count - 1)))] ^= 1 << UInt8(random.number(0...7))
      }
      let own = decode(packed, upTo: 1 << 17)
      var other = [UInt8](repeating: 0, count: own.bytes.count)
      let isSound = packed.withUnsafeBytes { packed in
        other.withUnsafeMutableBytes { inflate.decode(packed, into: $0) }
      }
      if isSound {
        #expect(own.end == .whole)
        #expect(own.bytes == other)
        valid += 1
      }
    }
    #expect(valid > 100)
  }
}
