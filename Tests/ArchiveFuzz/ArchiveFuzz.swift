import Archives
import Evidence
import Foundation
import TestSupport

/// Fuzzer of archives: damages Windows Installer packages, ZIP archives and programs with archives in their resources, which
/// readers of ours read: ArchiveFuzz SECONDS SEED PACKAGE… A crash ends it, and the last line names the seed to continue
/// from. A round of more than ten seconds is reported and counts as a failure.
@main struct ArchiveFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 3, let seconds = Int(arguments[1]), let first = UInt64(arguments[2])
    else {
      print("usage: ArchiveFuzz SECONDS SEED PACKAGE…")
      exit(64)
    }
    let packages = try arguments.dropFirst(3).map {
      Array(try Data(contentsOf: URL(fileURLWithPath: $0)))
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var seed = first
    var tally = (packages: 0, members: 0, bytes: 0, problems: 0, slow: 0)
    while ContinuousClock.now < end {
      if (seed - first).isMultiple(of: 10_000) {
        print("seed \(seed): \(tally)")
        fflush(nil)
      }
      var random = SeededGenerator(seed: seed)
      let begin = ContinuousClock.now
      var bytes = random.pick(packages)
      let kind: ArchiveKind =
        switch bytes.prefix(2) {
        case [0x50, 0x4B]: .zip
        case [0x4D, 0x5A]: .resources
        default: .msi
        }
      for _ in 0..<random.number(1...20) {
        // Numbers in the header and the tables matter most.
        let end = random.oneIn(2) ? min(512, bytes.count) : bytes.count
        // The tables of a ZIP archive are at its end.
        let place =
          random.oneIn(3)
          ? bytes.count - 1 - random.number(0...(end - 1)) : random.number(0...(end - 1))
        bytes[place] = random.oneIn(3) ? 0xFF : UInt8(random.number(0...255))
      }
      if random.oneIn(10) { bytes.removeLast(random.number(0...(bytes.count - 1))) }
      let trial = ArchiveTrial(kind, bytes, upTo: 1 << 20)
      tally.packages += 1
      tally.members += trial.members
      tally.bytes += trial.bytes
      tally.problems += trial.problems
      if ContinuousClock.now - begin > .seconds(10) {
        print("seed \(seed) took \(ContinuousClock.now - begin)")
        tally.slow += 1
      }
      seed += 1
    }
    print("seeds \(first)..<\(seed): \(tally)")
    exit(tally.slow == 0 ? 0 : 1)
  }
}
