import FileSystems
import Foundation
import TestSupport

/// Fuzzer that lists damaged ext, FAT, NTFS and XFS file systems for a number of seconds, from a
/// seed: FileSystemFuzz SECONDS SEED IMAGE… (with `0` seconds: only this seed). A crash ends
/// it; a listing that contradicts itself, or takes long, makes the status 1.
@main struct FileSystemFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 3, let seconds = Int(arguments[1]), let first = UInt64(arguments[2])
    else {
      print("usage: FileSystemFuzz SECONDS SEED IMAGE…")
      exit(64)
    }
    let images = try arguments.dropFirst(3).map { path -> any Target in
      let name = (path as NSString).lastPathComponent
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      if let ntfs = NtfsTarget(name: name, bytes: bytes) { return ntfs }
      if let xfs = XfsTarget(name: name, bytes: bytes) { return xfs }
      if let fat = FatTarget(name: name, bytes: bytes) { return fat }
      return ExtTarget(name: name, bytes: bytes)
    }
    let end = ContinuousClock.now + .seconds(seconds)
    var seed = first
    var tally = Tally()
    repeat {
      var random = SeededGenerator(seed: seed)
      let target = random.pick(images)
      let begin = ContinuousClock.now
      let listing = try? FileSystemListing(target.bytes, replacing: target.damage(&random))
      tally.add(listing)
      if let listing, let fault = fault(of: listing) {
        tally.faults += 1
        print("seed \(seed), \(target.name): \(fault)")
      }
      let duration = ContinuousClock.now - begin
      if duration > .seconds(20) {
        tally.faults += 1
        print("seed \(seed), \(target.name): took \(duration)")
      }
      tally.longest = max(tally.longest, duration)
      seed += 1
      if (seed - first).isMultiple(of: 2000) {
        print("\(seed - first) images, \(tally.faults) faults; next seed \(seed)")
        fflush(nil)
      }
    } while ContinuousClock.now < end && tally.faults < 20
    print(tally.report, "seeds \(first)..<\(seed)")
    exit(tally.faults == 0 ? 0 : 1)
  }

  /// Invariant that a listing violates, whatever the image; nil if none.
  private static func fault(of listing: FileSystemListing) -> String? {
    for file in listing.files {
      guard let extents = file.extents else { continue }
      var total: UInt64 = 0
      for extent in extents {
        guard extent.length > 0 else { return "\(file.path): an empty extent" }
        let (sum, overflow) = total.addingReportingOverflow(extent.length)
        guard !overflow else { return "\(file.path): the extents overflow" }
        total = sum
        guard let offset = extent.offset else { continue }
        guard offset <= listing.size, extent.length <= listing.size - offset else {
          return "\(file.path): an extent outside of the file system"
        }
      }
      guard total == file.size else { return "\(file.path): \(total) bytes of \(file.size)" }
    }
    return nil
  }
}

/// Counts of the opened file systems: a run in which none opens proves nothing.
private struct Tally {
  var images = 0
  var opened = 0
  var files = 0
  var problems = 0
  var faults = 0
  var longest = Duration.zero

  mutating func add(_ listing: FileSystemListing?) {
    images += 1
    guard let listing else { return }
    opened += 1
    files += listing.files.count
    problems += listing.problems.count
  }

  var report: String {
    "\(images) images, \(opened) opened, \(files) files, \(problems) problems, \(faults) faults, "
      + "longest \(longest);"
  }
}
