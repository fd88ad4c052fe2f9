import Foundation
import TestSupport
import Testing

/// Records of installed software, through the binary.
@Suite struct TraceScanTests {
  private let installed = TraceFixture.folder + "/installed"

  /// What a finding says of the software, whatever it lies in.
  private func facts(_ finding: [String: Any]) throws -> String {
    let keys = [
      "rule", "confidence", "vendor", "product", "product_version", "component", "platform",
      "reasons", "matches", "traces", "sha256", "size",
    ]
    let facts = finding.filter { keys.contains($0.key) }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: facts, options: .sortedKeys),
      as: UTF8.self)
  }

  private func finding(_ suffix: String, _ lines: [[String: Any]]) throws -> [String: Any] {
    try #require(
      lines.ofType("finding").first { ($0["path"] as? String)?.hasSuffix(suffix) == true })
  }

  @Test func aWindowsFolderGivesItsProducts() throws {
    let (status, lines) = try Command.lines(installed + "/Windows", installed + "/Users")
    #expect(status == 1)
    #expect(lines.last?["complete"] as? Bool == true)
    #expect(
      lines.last?["items"] as? [String: Int]
        == ["seen": 3, "matched": 3, "clean": 0, "skipped": 0, "failed": 0])
    let software = try finding("/SOFTWARE", lines)
    #expect(software["rule"] as? String == "kaspersky_windows_registry_software")
    #expect(software["confidence"] as? String == "claimed")
    #expect(software["component"] as? String == "registry")
    #expect(software["vendor"] as? String == "Kaspersky")
    #expect(software["product"] as? String == "Kaspersky")
    #expect(software["product_version"] as? String == "21.15.8.493")
    let matches = try #require(software["matches"] as? [[String: Any]])
    #expect(matches.map { $0["namespace"] as? String } == ["trawl", "trawl"])
    let traces = try #require(software["traces"] as? [[String: Any]])
    #expect(traces.count == 9)
    let environment = try #require(
      traces.first { ($0["place"] as? String)?.hasSuffix(#"\AVP21.15\environment"#) == true })
    #expect(environment["kind"] as? String == "installation")
    #expect(environment["edition"] as? String == "AVP21.15")
    #expect((environment["folder"] as? String)?.hasPrefix(#"C:\Program Files"#) == true)
    let services = try finding("/SYSTEM", lines)
    #expect(services["component"] as? String == "service")
    #expect(lines.ofType("product").contains { $0["product"] as? String == "Kaspersky" })
  }

  @Test func aDiskImageGivesTheSame() throws {
    let folders = try Command.lines(
      installed + "/Windows", installed + "/Users", installed + "/debian", installed + "/fedora")
    let image = try Command.lines(TraceFixture.folder + "/disk.dd")
    #expect(image.status == 1)
    #expect(image.lines.last?["complete"] as? Bool == true)
    let found = image.lines.ofType("finding")
    let allocated = found.filter { $0["state"] as? String == "allocated" }
    #expect(
      Set(try allocated.map(facts)) == Set(try folders.lines.ofType("finding").map(facts)))
    #expect(allocated.count == 5)
    let deleted = found.filter { $0["state"] as? String == "deleted" }
    #expect(deleted.map { $0["path"] as? String } == ["/Windows/System32/config/RegBack/SYSTEM"])
    #expect((deleted.first?["traces"] as? [Any])?.count == 7)
  }

  @Test func whatIsLeftOverIsWeakAndOthersAreClean() throws {
    let leftOver = try Command.lines(TraceFixture.folder + "/left-over")
    #expect(leftOver.status == 0)
    #expect(
      leftOver.lines.ofType("finding").map { $0["confidence"] as? String } == ["weak", "weak"])
    #expect(leftOver.lines.ofType("product").isEmpty)
    let nearMiss = try Command.lines(TraceFixture.folder + "/near-miss")
    #expect(nearMiss.status == 0)
    #expect(nearMiss.lines.ofType("finding").isEmpty)
    #expect(nearMiss.lines.last?["complete"] as? Bool == true)
  }

  @Test func aHiveThatLostItsFolderIsRead() throws {
    let folder = try TemporaryDirectory()
    try FileManager.default.copyItem(
      atPath: installed + "/Windows/System32/config/SOFTWARE", toPath: folder.path + "/software")
    #expect(try Command.lines(folder.path + "/software").status == 1)
    // A name alone is nothing, nor is the content under another name.
    try folder.write("text", to: "x/SYSTEM")
    try FileManager.default.moveItem(
      atPath: folder.path + "/software", toPath: folder.path + "/x/other")
    #expect(try Command.lines(folder.path + "/x").status == 0)
  }

  @Test func rulesOfOnesOwnReadNoRecords() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule nothing { condition: false }", to: "none.yar")
    let (status, lines) = try Command.lines("--signatures", rules, installed)
    #expect(status == 0)
    #expect(lines.ofType("finding").isEmpty)
  }

  @Test func aHardLinkUnderAnotherNameTakesNothingAway() throws {
    let folder = try TemporaryDirectory()
    let hive = folder.path + "/case/SYSTEM"
    try FileManager.default.createDirectory(
      atPath: folder.path + "/case", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: installed + "/Windows/System32/config/SYSTEM", toPath: hive)
    for name in ["a", "z"] {
      try FileManager.default.linkItem(atPath: hive, toPath: folder.path + "/" + name)
    }
    let (status, lines) = try Command.lines("--jobs", "1", folder.path)
    #expect(status == 1)
    #expect(lines.ofType("finding").map { $0["path"] as? String } == [hive])
  }

  @Test func damageMakesTheScanIncompleteNeverClean() throws {
    let folder = try TemporaryDirectory()
    var bytes = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: installed + "/Windows/System32/config/SOFTWARE")))
    // With records: a finding, and a problem beside it.
    bytes[4] ^= 1
    bytes[508] ^= 1
    try folder.write(bytes, to: "SOFTWARE")
    let dirty = try Command.lines(folder.path)
    #expect(dirty.status == 1)
    #expect(dirty.lines.last?["complete"] as? Bool == false)
    #expect(dirty.lines.last?["partly_read"] as? Int == 1)
    #expect(
      (dirty.lines.ofType("problem").first?["message"] as? String)?.contains(".LOG1") == true)
    // Without any: a failure.
    try folder.write(Array(bytes.prefix(5000)), to: "SOFTWARE")
    let cut = try Command.lines(folder.path)
    #expect(cut.status == 3)
    #expect((cut.lines.last?["items"] as? [String: Int])?["failed"] == 1)
    // What lies where Windows keeps the hive and is none was damaged.
    try folder.write("no hive", to: "Windows/System32/config/SYSTEM")
    try folder.write("", to: "Windows/System32/config/SOFTWARE")
    let replaced = try Command.lines(folder.path + "/Windows")
    #expect(replaced.status == 3)
    #expect(
      replaced.lines.last?["items"] as? [String: Int]
        == ["seen": 2, "matched": 0, "clean": 1, "skipped": 0, "failed": 1])
  }

  @Test func theListOfSignaturesShowsTheReaders() throws {
    let list = try Command.run("signatures", "list").lines
    for name in ["windows_registry_software", "windows_registry_services", "linux_package_rpm"] {
      #expect(list.contains { $0.hasPrefix("kaspersky_\(name) ") })
    }
  }
}
