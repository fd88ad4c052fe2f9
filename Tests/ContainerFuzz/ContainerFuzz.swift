import Bytes
import Containers
import Foundation
import TestSupport

/// Fuzzer that damages containers for a number of seconds, opens each and reads from it:
/// ContainerFuzz SECONDS [SEED]. A crash ends it, and the last line names the seed to continue
/// from. A round of more than ten seconds is reported and counts as a failure.
@main struct ContainerFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let seconds = Int(arguments[1]) else {
      print("usage: ContainerFuzz SECONDS [SEED]")
      exit(64)
    }
    let first = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
    let folder = try TemporaryDirectory()
    let targets = try targets(in: folder)
    let end = ContinuousClock.now + .seconds(seconds)
    var seed = first
    var tally = (opened: 0, refused: 0, reads: 0, failed: 0, slow: 0)
    while ContinuousClock.now < end {
      if (seed - first).isMultiple(of: 500) {
        print("seed \(seed): \(tally)")
        fflush(nil)
      }
      var random = SeededGenerator(seed: seed)
      let begin = ContinuousClock.now
      let target = random.pick(targets)
      try target.damage(&random)
      exercise(target, &random, &tally)
      try target.restore()
      if ContinuousClock.now - begin > .seconds(10) {
        print("seed \(seed) of \(target.path) took \(ContinuousClock.now - begin)")
        tally.slow += 1
      }
      seed += 1
    }
    print("seeds \(first)..<\(seed): \(tally)")
    exit(tally.slow == 0 ? 0 : 1)
  }

  /// A disk of 1.5 MB with bytes and holes, in every container, and one container based on
  /// another.
  private static func targets(in folder: TemporaryDirectory) throws -> [Target] {
    var random = SeededGenerator(seed: 7)
    var bytes = [UInt8](repeating: 0, count: 1_500_160)
    for place in 0..<400_000 {
      bytes[place * 3] = place % 100_000 < 30_000 ? UInt8(random.number(0...3)) : 0
    }
    let raw = try folder.write(bytes, to: "raw")
    var targets = [Target]()
    for format in ContainerFixtures.formats {
      let path = try ContainerFixtures.make(format, of: raw, in: folder.path)
      for file in OpenedImage.files(of: RawPath(path)).all {
        targets.append(try Target(image: path, file: file.shown))
      }
    }
    let link = folder.path + "/disk.raw"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: raw)
    let lzma = folder.path + "/lzma.aff"
    try ContainerFixtures.run("affconvert", ["-q", "-L", "-s64k", "-o", lzma, link])
    targets.append(try Target(image: lzma, file: lzma))
    // Further AFF4 variants: pre-standard indexes, gaps, parts that were not acquired.
    for (index, arguments) in [
      ["--method", "snappy-always", "--index", "starts", "--gaps", "--chunk", "4096"],
      ["--method", "deflate", "--index", "ends", "--plain", "--per-segment", "7"],
      ["--method", "lz4-length", "--deflated", "--unknown", "65536:131072"],
    ].enumerated() {
      let path = folder.path + "/more-\(index).aff4"
      try ContainerFixtures.makeAFF4(of: raw, at: path, arguments)
      targets.append(try Target(image: path, file: path))
    }
    for format in ["qcow2", "vmdk"] {
      let base = folder.path + "/base." + format
      let top = folder.path + "/top." + format
      try ContainerFixtures.run("qemu-img", ["convert", "-O", format, raw, base])
      try ContainerFixtures.run(
        "qemu-img", ["create", "-f", format, "-b", base, "-F", format, top])
      try ContainerFixtures.run("qemu-io", ["-f", format, "-c", "write -P 3 64k 300k", top])
      targets.append(try Target(image: top, file: top))
      targets.append(try Target(image: top, file: base))
    }
    return targets
  }

  private static func exercise(
    _ target: Target, _ random: inout SeededGenerator,
    _ tally: inout (opened: Int, refused: Int, reads: Int, failed: Int, slow: Int)
  ) {
    guard let image = try? OpenedImage(RawPath(target.path)) else {
      tally.refused += 1
      _ = OpenedImage.files(of: RawPath(target.path)).all
      return
    }
    tally.opened += 1
    let size = image.medium.size
    var buffer = [UInt8](repeating: 0, count: 200_000)
    for _ in 0..<12 {
      let offset =
        random.oneIn(8)
        ? random.next()
        : UInt64(random.number(0...Int(clamping: random.oneIn(2) ? size : 1_500_160)))
      let count = random.number(0...buffer.count)
      let read = buffer.withUnsafeMutableBytes { bytes in
        try? image.medium.read(
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: offset)
      }
      if read == nil { tally.failed += 1 } else { tally.reads += 1 }
      precondition(
        read == nil || UInt64(read!) == (offset < size ? min(UInt64(count), size - offset) : 0),
        "a short read inside the medium")
      let zeros = image.medium.zeros(from: offset)
      precondition(zeros <= size - min(size, offset))
      if offset < size {
        let run = offset..<(offset + min(size - offset, 500_000))
        let pieces = image.medium.pieces(of: run, limit: 100)
        precondition(pieces.map { $0.reduce(0) { $0 + $1.length } == UInt64(run.count) } ?? true)
        _ = image.medium.place(of: run)
      }
    }
  }
}

/// A file of an image that is damaged and restored.
private final class Target {
  /// The image that the file belongs to.
  let path: String
  private let file: FileHandle
  private let original: [UInt8]
  /// Offsets of nonzero bytes, in steps of 64.
  private let used: [Int]
  /// Ranges that must be restored.
  private var touched: [Range<Int>] = []

  init(image: String, file: String) throws {
    path = image
    original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    self.file = FileHandle(forUpdatingAtPath: file)!
    let original = original
    used = stride(from: 0, to: original.count, by: 64).filter { place in
      original[place..<min(place + 64, original.count)].contains { $0 != 0 }
    }
  }

  func damage(_ random: inout SeededGenerator) throws {
    for _ in 0..<random.number(1...12) {
      let place: Int
      switch random.number(0...9) {
      case 0...3: place = random.number(0...min(1023, original.count - 1))
      case 4: place = original.count - 1 - random.number(0...min(1535, original.count - 1))
      case 5...8: place = random.pick(used) + random.number(0...63)
      default: place = random.number(0...(original.count - 1))
      }
      let kinds: [[UInt8]] = [
        [UInt8(random.number(0...255))], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80], [1, 0, 0, 0],
        (0..<8).map { _ in UInt8(random.number(0...255)) },
        Array(original[random.pick(used)...].prefix(8)),
      ]
      try write(random.pick(kinds), at: place)
    }
    if original.starts(with: "vhdxfile".utf8), !random.oneIn(4) { try seal() }
    if random.oneIn(12) {
      let end = random.number(0...original.count)
      try file.truncate(atOffset: UInt64(end))
      touched.append(end..<original.count)
    }
  }

  /// Recomputes the checksums of a VHDX's headers and tables, which are otherwise ignored.
  private func seal() throws {
    for (place, length) in [(65536, 4096), (131_072, 4096), (196_608, 65536), (262_144, 65536)] {
      try file.seek(toOffset: UInt64(place))
      guard var bytes = try file.read(upToCount: length).map(Array.init), bytes.count == length
      else { return }
      bytes.replaceSubrange(4..<8, with: [0, 0, 0, 0])
      var value = UInt32.max
      for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
      }
      try write(withUnsafeBytes(of: (~value).littleEndian) { Array($0) }, at: place + 4)
    }
  }

  private func write(_ bytes: [UInt8], at place: Int) throws {
    guard place < original.count else { return }
    try file.seek(toOffset: UInt64(place))
    let bytes = bytes.prefix(original.count - place)
    try file.write(contentsOf: Data(bytes))
    touched.append(place..<(place + bytes.count))
  }

  func restore() throws {
    for range in touched {
      try file.seek(toOffset: UInt64(range.lowerBound))
      try file.write(contentsOf: Data(original[range]))
    }
    touched = []
  }
}
