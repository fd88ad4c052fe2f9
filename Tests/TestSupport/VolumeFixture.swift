/// Volumes made by `scripts/volume-fixture`, which Trawl detects but does not read.
package enum VolumeFixture {
  private static let folder: String = {
    let folder = Fixtures.package + "/.build/volume-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/volume-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/volume-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// File of a format; `disk.dd` is a disk with partitions.
  package static func path(_ name: String) -> String { folder + "/" + name }
}
