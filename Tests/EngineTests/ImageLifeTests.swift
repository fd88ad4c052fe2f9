import Bytes
import Catalogue
import Engine
import Foundation
import Images
import Profiles
import TestSupport
import Testing

/// A scan closes everything that it opened: an embedding program runs thousands of scans in one
/// process.
@Suite struct ImageLifeTests {
  /// The files under a folder that this process has open.
  private func openFiles(under folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
    }.filter { $0.hasPrefix(folder) }
  }

  @Test(arguments: ["raw", "compressed.qcow2"]) func aScanLetsGoOfItsImages(_ name: String) throws {
    let folder = try TemporaryDirectory()
    let raw = folder.path + "/raw"
    try ContainerFixtures.run("truncate", ["-s", "1440K", raw])
    try ContainerFixtures.run("/sbin/mkfs.fat", ["-F", "12", raw])
    let file = Fixtures.positive("kaspersky_windows_driver_klif")
    try ContainerFixtures.run("mcopy", ["-i", raw, file, "::/klif.sys"])
    let format = ContainerFixtures.formats.first { $0.name == name }
    let image = try format.map { try ContainerFixtures.make($0, of: raw, in: folder.path) } ?? raw
    var options = ImageSource.Options()
    let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let command = (runner as NSString).deletingLastPathComponent + "/trawl"
    options.helper = [RawPath(command), RawPath(ImageHelper.argument)]
    for rules in ["none", "all", "built-in"] {
      let set =
        try rules == "built-in"
        ? RuleSet(.kaspersky) : ruleSet("rule r { condition: \(rules == "all") }")
      let sink = RecordingSink()
      try Scan([ImageSource(RawPath(image), options: options)], with: set).run(sink: sink)
      #expect(sink.findings.count == (rules == "none" ? 0 : 1))
      #expect(openFiles(under: folder.path) == [], "\(rules)")
    }
  }
}
