/// Small images made by `scripts/mutation-fixture`, to be damaged.
package enum MutationFixture {
  /// Folder of the images; built when they are missing or older than their script.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/mutation-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/mutation-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/mutation-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// A floppy disk with a look-alike: the medium in the containers.
  package static var disk: String { folder + "/floppy.dd" }
}
