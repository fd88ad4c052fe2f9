import Foundation
import TestSupport
import Testing

@testable import Containers

/// Deflate streams that Python's zlib wrote, and damaged ones.
@Suite struct InflateTests {
  private let text = Array(String(repeating: "deflate ", count: 1000).utf8)
  private let zlib: [UInt8]

  init() throws {
    let script = "import zlib, sys; sys.stdout.buffer.write(zlib.compress(b'deflate ' * 1000))"
    let folder = try TemporaryDirectory()
    try ContainerFixtures.run(
      "bash", ["-c", "python3 -c \"$1\" > \"$2\"", "bash", script, folder.path + "/z"])
    zlib = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/z")))
  }

  /// The stream without header and checksum.
  private var raw: [UInt8] { Array(zlib.dropFirst(2).dropLast(4)) }

  private func filled(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Bool) -> [UInt8]? {
    var bytes = [UInt8](zeros: count)
    return bytes.withUnsafeMutableBytes({ body($0) }) ? bytes : nil
  }

  @Test func streamsUpToALimitAreDecoded() {
    #expect(Inflate().zlib(zlib, limit: text.count) == text)
    #expect(Inflate().zlib(zlib, limit: 100_000) == text)
    #expect(Inflate().raw(raw, limit: 100_000) == text)
    #expect(Inflate().zlib(zlib, limit: text.count - 1) == nil)
    #expect(Inflate().raw(raw, limit: text.count - 1) == nil)
    #expect(Inflate().raw([], limit: 10) == nil)
  }

  @Test func outputOfAKnownLengthMustBeFilled() {
    let decoder = Inflate()
    let input = zlib + [1, 2, 3]
    input.withUnsafeBytes { input in
      #expect(filled(text.count) { decoder.zlib(input, into: $0) } == text)
      #expect(filled(text.count + 1) { decoder.zlib(input, into: $0) } == nil)
      #expect(filled(text.count - 1) { decoder.zlib(input, into: $0) } == nil)
      // The length of the stream excludes what follows it.
      #expect(filled(text.count + 9) { decoder.lengthOfZlib(input, into: $0) == zlib.count } != nil)
      #expect(filled(10) { decoder.lengthOfZlib(input, into: $0) == nil } != nil)
    }
    raw.withUnsafeBytes { input in
      #expect(filled(text.count) { decoder.raw(input, into: $0) } == text)
      #expect(filled(text.count + 1) { decoder.raw(input, into: $0) } == nil)
    }
  }

  @Test func damageIsNoticed() {
    for place in [0, 10, zlib.count - 1] {
      var damaged = zlib
      damaged[place] ^= 0x55
      #expect(Inflate().zlib(damaged, limit: 100_000) == nil, "\(place)")
    }
    for count in 0..<zlib.count {
      #expect(Inflate().zlib(Array(zlib.prefix(count)), limit: 100_000) == nil, "\(count)")
    }
  }
}
