import Bytes
import Evidence
import Foundation
import Images
import TestSupport
import Testing

/// A driver at a random sector of a random image, intact or damaged, is found, or the scan lists what it could not read.
/// `TRAWL_RANDOM_IMAGES` is the number of images of each kind; `scripts/nightly` scans 10,000 in all.
@Suite(.serialized) struct RandomDriverTests {
  private static let sector = 512

  private static let kinds =
    ["ext4", "ext4-1k", "ext2", "fat12", "fat16", "fat32", "ntfs", "xfs"]
    + (PlantedImage.makesExfat ? ["exfat"] : [])

  @Test(arguments: kinds)
  func aDriverAnywhereIsFoundOrTheScanIsIncomplete(_ kind: String) throws {
    let count = Int(ProcessInfo.processInfo.environment["TRAWL_RANDOM_IMAGES"] ?? "") ?? 40
    let folder = try TemporaryDirectory()
    let path = folder.path + "/image"
    try Self.make(kind, path, folder.path)
    let driver = try Data(
      contentsOf: URL(fileURLWithPath: Fixtures.positive("kaspersky_windows_driver_klif")))
    let clean = try Data(contentsOf: URL(fileURLWithPath: path))
    let live = Self.scan(path).items.filter { item in
      item.locator.state == .allocated && !item.locator.path.bytes.starts(with: "/$".utf8)
    }.flatMap(\.locator.runs).map { Int($0.offset)..<Int($0.offset + $0.length) }
    #expect(!live.isEmpty)
    var random = SeededGenerator(seed: UInt64(kind.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
    var (found, incomplete, covered) = (0, 0, 0)
    for number in 0..<count {
      var changes = Self.damage(clean, &random)
      var place = 0
      repeat {
        place = random.number(0...((clean.count - driver.count) / Self.sector)) * Self.sector
      } while live.contains { $0.overlaps(place..<(place + driver.count)) }
      changes.append((place, driver))
      try Self.write(changes, to: path)
      let receiver = Self.scan(path)
      try Self.write(changes.map { ($0.0, clean[$0.0..<($0.0 + $0.1.count)]) }, to: path)
      let range = UInt64(place)..<UInt64(place + driver.count)
      if receiver.items.contains(where: { Self.holds($0, range) }) {
        found += 1
      } else if !receiver.problems.isEmpty {
        incomplete += 1
      } else {
        // Damage can give the sectors to a file in use: then they are scanned with that.
        let isLive = receiver.items.contains { item in
          item.locator.state == .allocated
            && item.locator.runs.contains { ($0.offset..<($0.offset + $0.length)).overlaps(range) }
        }
        #expect(isLive, "\(kind) \(number): a driver at byte \(place) is lost")
        covered += 1
      }
    }
    print("random \(kind): \(found) found, \(incomplete) incomplete, \(covered) in live files")
    #expect(found > count * 3 / 4)
    #expect(covered <= count / 20)
  }

  /// Whether an item begins with the bytes of a range and has all of them in one piece.
  private static func holds(_ item: Item, _ range: Range<UInt64>) -> Bool {
    guard let first = item.locator.runs.first else { return false }
    return first.offset == range.lowerBound && first.offset + first.length >= range.upperBound
  }

  private static func scan(_ path: String) -> RecordingReceiver {
    var options = ImageSource.Options()
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let trawl = (runner as NSString).deletingLastPathComponent + "/trawl"
    options.helper = [RawPath(trawl), RawPath(ImageHelper.argument)]
    options.timeout = 20
    let receiver = RecordingReceiver()
    ImageSource(RawPath(path), options: options).push(to: receiver)
    return receiver
  }

  /// Up to four places that are zeroed, filled, exchanged for others or changed in a few bits; half of them at the front,
  /// where most structures are.
  private static func damage(_ image: Data, _ random: inout SeededGenerator) -> [(Int, Data)] {
    (0..<random.number(0...4)).map { _ in
      let front = random.number(0...1) == 0
      let sectors = (front ? min(image.count, 1 << 20) : image.count) / sector
      let start = random.number(0...(sectors - 9)) * sector
      let length = random.number(1...8) * sector
      switch random.number(0...3) {
      case 0: return (start, Data(count: length))
      case 1: return (start, Data(repeating: 0xFF, count: length))
      case 2:
        let other = random.number(0...(image.count / sector - 9)) * sector
        return (start, Data(image[other..<(other + length)]))
      default:
        var bytes = Data(image[start..<(start + length)])
        for _ in 0..<random.number(1...8) {
          bytes[random.number(0...(length - 1))] ^= UInt8(1 << random.number(0...7))
        }
        return (start, bytes)
      }
    }
  }

  private static func write(_ changes: [(Int, Data)], to path: String) throws {
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    for (place, bytes) in changes {
      try handle.seek(toOffset: UInt64(place))
      try handle.write(contentsOf: bytes)
    }
    try handle.close()
  }

  /// Makes a small image with some files of text.
  private static func make(_ kind: String, _ path: String, _ folder: String) throws {
    let tree = folder + "/tree"
    let script = """
      set -e; export PATH=$PATH:/usr/sbin:/sbin; mkdir -p \(tree)/d/e
      for n in 1 2 3 4 5 6 7 8; do seq $n 4000 | head -c $((n*n*700)) >\(tree)/d/f$n; cp \(tree)/d/f$n \(tree)/d/e; done
      case \(kind) in
      ext4) mke2fs -q -F -t ext4 -b 4096 -d \(tree) \(path) 8M;;
      ext4-1k) mke2fs -q -F -t ext4 -b 1024 -d \(tree) \(path) 12M;;
      ext2) mke2fs -q -F -t ext2 -d \(tree) \(path) 6M;;
      fat12) mkfs.vfat -C -F 12 \(path) 1440;;
      fat16) mkfs.vfat -C -F 16 -s 4 \(path) 16384;;
      fat32) mkfs.vfat -C -F 32 -s 1 \(path) 36000;;
      ntfs) truncate -s 8M \(path); mkntfs -F -Q -q \(path)
        for n in 1 2 3 4 5 6 7 8; do ntfscp \(path) \(tree)/d/f$n f$n; done;;
      exfat) truncate -s 8M \(path); mkfs.exfat -c 4096 \(path) >/dev/null; mkdir \(folder)/m
        device=$(losetup --find --show \(path)); mount.exfat-fuse $device \(folder)/m >/dev/null
        cp -r \(tree)/d \(folder)/m/d; umount \(folder)/m; losetup --detach $device;;
      esac
      case \(kind) in fat*) mcopy -s -i \(path) \(tree)/d ::d;; esac
      """
    if kind == "xfs" {
      try Data(XfsFixture.bytes("v5")).write(to: URL(fileURLWithPath: path))
    } else {
      try ContainerFixtures.run("bash", ["-c", script])
    }
  }
}
