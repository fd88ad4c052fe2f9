/// Small archives made by `scripts/archive-fixture`, to be damaged.
package enum ArchiveFixture {
  /// Folder of the archives; built when they are missing or older than their script.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/archive-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/archive-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/archive-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()
}
