import Foundation
import TestSupport
import Testing

/// Damaged images are ordinary input: whatever is in them, the scan ends and accounts for everything.
@Suite struct MutationTests {
  /// A generator with a fixed seed (SplitMix64), so that a failure can be had again.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Images small enough to be copied often, every shape of ext, and volumes that are named and not read.
  private static let images: [String] =
    SharedImages.files.filter { path in
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return size ?? 0 < 8 << 20 && !path.hasSuffix(".gz") && !path.hasSuffix(".tgz")
    } + ExtFixture.names.map(ExtFixture.path)
    + ["erofs", "squashfs", "swap", "raid-1.2"].map(VolumeFixture.path)

  private func mutate(_ bytes: inout [UInt8], _ random: inout Generator) {
    guard !bytes.isEmpty else { return }
    for _ in 0..<Int.random(in: 1...40, using: &random) {
      // Metadata is mostly at the beginning of an image.
      let end = Bool.random(using: &random) ? min(bytes.count, 200_000) : bytes.count
      let place = Int.random(in: 0..<end, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random)!
      case 2:
        for index in place..<min(place + 8, bytes.count) { bytes[index] = 0xFF }
      default:
        let other = Int.random(in: 0..<bytes.count, using: &random)
        for index in 0..<min(512, bytes.count - max(place, other)) {
          bytes[place + index] = bytes[other + index]
        }
      }
    }
    if Int.random(in: 0..<10, using: &random) == 0 {
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
    }
  }

  /// A floppy disk with a look-alike, in every container that is one file.
  private static func containers(in folder: String) throws -> [String] {
    let raw = folder + "/floppy"
    try ContainerFixtures.run("truncate", ["-s", "1440K", raw])
    try ContainerFixtures.run("/sbin/mkfs.fat", ["-F", "12", raw])
    let file = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run("mcopy", ["-i", raw, file, "::/klif.sys"])
    return try ContainerFixtures.formats.filter { !$0.name.contains("extents") }
      .filter { $0.name != "flat.vmdk" }
      .map { try ContainerFixtures.make($0, of: raw, in: folder) }
  }

  @Test func mutatedContainersNeitherCrashNorHangNorLoseAnItem() throws {
    let folder = try TemporaryDirectory()
    try check(try Self.containers(in: folder.path))
  }

  @Test func mutatedImagesNeitherCrashNorHangNorLoseAnItem() throws {
    try check(Self.images)
  }

  /// TRAWL_MUTATIONS says how many; scripts/nightly asks for a thousand. Every image has its turn.
  private func check(_ images: [String]) throws {
    guard !images.isEmpty else { return }
    let count = ProcessInfo.processInfo.environment["TRAWL_MUTATIONS"].flatMap(Int.init) ?? 50
    let folder = try TemporaryDirectory()
    // TRAWL_MUTATION names one, to have a failure again.
    let only = ProcessInfo.processInfo.environment["TRAWL_MUTATION"].flatMap(Int.init)
    for number in only.map({ $0...$0 }) ?? 0...(max(count, images.count) - 1) {
      var random = Generator(state: UInt64(number))
      let original = images[number % images.count]
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: original)))
      mutate(&bytes, &random)
      let image = try folder.write(bytes, to: "mutated.dd")
      let result = try Subprocess.run(
        "timeout",
        [
          "120", Command.path, "scan", "--as", "image", "--format", "jsonl", "--timeout", "10",
          "--volume-timeout", "10", image,
        ])
      #expect([0, 1, 3].contains(result.status), "mutation \(number) of \(original)")
      let last = try #require(result.lines.last, "mutation \(number) of \(original)")
      let summary = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
      let items = try #require(summary?["items"] as? [String: Int])
      #expect(
        items["seen"] == items.filter { $0.key != "seen" }.values.reduce(0, +),
        "mutation \(number) of \(original)")
      // Every byte of the medium is in one part of its account.
      for medium in summary?["media"] as? [[String: Any]] ?? [] {
        let parts = ["items", "metadata", "slack", "carved", "unallocated", "gaps", "unread"]
        #expect(
          parts.reduce(0) { $0 + (medium[$1] as? Int ?? 0) } == medium["size"] as? Int,
          "mutation \(number) of \(original)")
      }
      let complete = items["skipped"] == 0 && items["failed"] == 0
      #expect(summary?["complete"] as? Bool == complete, "mutation \(number) of \(original)")
    }
  }
}
