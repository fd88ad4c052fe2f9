import Foundation
import TestSupport
import Testing

/// Damaged images and archives are normal input: whatever they contain, the scan ends and accounts for
/// everything. `Tests/ImageMutations` does the work, which scans like `trawl scan`, with the
/// same helper processes.
@Suite(.serialized) struct MutationTests {
  /// Path beside the command, from the same build, or the one in `TRAWL_MUTATION_DRIVER`.
  private static let driver =
    ProcessInfo.processInfo.environment["TRAWL_MUTATION_DRIVER"]
    ?? (Command.path as NSString).deletingLastPathComponent + "/ImageMutations"

  /// `TRAWL_MUTATIONS` is the number of mutations of each image.
  @Test func mutatedImagesNeitherCrashNorHangNorLoseAnItem() throws {
    // The driver's input is made by scripts; run those that have not run yet.
    _ = (ExtFixture.folder, VolumeFixture.path(""), MutationFixture.folder, ArchiveFixture.folder)
    let count = ProcessInfo.processInfo.environment["TRAWL_MUTATIONS"].flatMap(Int.init) ?? 50
    let result = try Subprocess.run(Self.driver, ["\(count)"])
    #expect(result.status == 0, "\(result.text)\n\(result.errors)")
    let last = try #require(result.lines.last)
    print("mutations: \(last)")
    let numbers = last.split { !$0.isNumber }.compactMap { Int($0) }
    try #require(numbers.count > 5)
    #expect(numbers[0] > 60, "images")
    #expect(numbers[1] == numbers[0] * count)
    #expect(numbers[2] > numbers[1] / 2, "most are still images")
    #expect(numbers[3] > numbers[2], "with something in them")
  }

  @Test(arguments: [
    ("crash", "the scan crashed: signal 6"), ("hang", "the scan took longer than 3 s"),
    ("miscount", "seen and"),
  ])
  func theDriverNoticesWhatGoesWrongAndGoesOn(_ pretence: String, _ words: String) throws {
    let name = "mutation-fixture/floppy.dd"
    _ = MutationFixture.folder
    let result = try Subprocess.run(
      Self.driver, ["3", "--only", name, "--bound", "3", "--pretend", pretence])
    #expect(result.status == 1)
    #expect(result.text.contains("\(name), mutation 1: "))
    #expect(result.text.contains("scripts/mutate-images '\(name)' 1"))
    #expect(result.text.contains(words), "\(result.text)")
    #expect(result.text.contains("1 faults"))
  }

  /// The same number produces the same damage, and other numbers other damage.
  @Test func aMutationCanBeHadAgain() throws {
    let folder = try TemporaryDirectory()
    _ = MutationFixture.folder
    let images = try [(3, "first"), (3, "again"), (4, "other")].map { number, name in
      let place = folder.path + "/" + name
      let arguments = ["mutation-fixture/floppy.dd", "\(number)", "--keep", place]
      #expect(try Subprocess.run(Self.driver, arguments).status == 0)
      return try Data(contentsOf: URL(fileURLWithPath: place + "/floppy.dd"))
    }
    let original = try Data(contentsOf: URL(fileURLWithPath: MutationFixture.disk))
    #expect(images[0] == images[1])
    #expect(Set([original, images[0], images[2]]).count == 3)
  }
}
