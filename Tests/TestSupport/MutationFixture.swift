/// The small images that `scripts/mutation-fixture` makes, to be damaged.
package enum MutationFixture {
  /// Where they are; built when they are missing or older than their script.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/mutation-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/mutation-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/mutation-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// A floppy disk with a look-alike: what the containers hold.
  package static var disk: String { folder + "/floppy.dd" }
}
