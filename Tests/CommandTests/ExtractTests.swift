import Foundation
import TestSupport
import Testing

/// `trawl extract` copies the found items, and writes nothing else.
@Suite struct ExtractTests {
  private struct Line: Decodable {
    let status: String
    let file: String?
    let path: String
    let sha256: String?
    let foundSha256: String?
    let state: String?
  }

  private func manifest(_ folder: String) throws -> [Line] {
    try String(contentsOfFile: folder + "/manifest.jsonl", encoding: .utf8).split(separator: "\n")
      .map { try JSONDecoder.ofOutput.decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func everythingPlantedInAnImageIsCopiedOut() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let out = folder.path + "/out"
    _ = try Command.run("scan", "--case", file, ImageFixture.disk)
    let result = try Command.run("extract", file, "-o", out)
    #expect(result.status == 0, "\(result.text)\(result.errors)")
    let sums = try Subprocess.run("sha256sum", ["--quiet", "-c", "SHA256SUMS"], in: out)
    #expect(sums.status == 0, "\(sums.errors)")
    let lines = try manifest(out)
    #expect(lines.allSatisfy { $0.status == "copied" && $0.sha256 == $0.foundSha256 })
    let planted = Set(try ImageFixture.planted().map(\.sha256))
    #expect(planted.subtracting(lines.compactMap(\.sha256)).isEmpty)
    #expect(Set(lines.compactMap(\.state)).isSuperset(of: ["allocated", "deleted"]))
    let files = try FileManager.default.contentsOfDirectory(atPath: out)
    #expect(Set(files) == Set(lines.compactMap(\.file) + ["manifest.jsonl", "SHA256SUMS"]))
    for name in files {
      #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    }
    let again = try Command.run("extract", file, "-o", out)
    #expect(again.status == 2)
    #expect(again.errors.contains("not empty"))
  }

  @Test func namesAndLinksLeadNowhereElse() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let rules = try folder.write("rule hit { strings: $a = \"needle\" condition: $a }", to: "r.yar")
    let names = [
      "..x", "-rf", "a\nb", "$(reboot)", "C:\\x.exe", "\u{202E}exe.txt", "CON", ".bashrc",
    ]
    for name in names { try folder.write("needle " + name, to: "evidence/" + name) }
    try folder.write("needle below", to: "evidence/deep/inner/file")
    try folder.write("secret", to: "secret")
    let evidence = folder.path + "/evidence"
    _ = try Command.run("scan", "--case", file, "--signatures", rules, evidence)
    // A folder of the evidence becomes a link, and a file another file.
    try ContainerFixtures.run("rm", ["-r", evidence + "/deep"])
    try ContainerFixtures.run("mkdir", ["-p", folder.path + "/elsewhere/inner"])
    try folder.write("needle below", to: "elsewhere/inner/file")
    try ContainerFixtures.run("ln", ["-s", folder.path + "/elsewhere", evidence + "/deep"])
    try ContainerFixtures.run("rm", [evidence + "/CON"])
    try ContainerFixtures.run("ln", ["-s", folder.path + "/secret", evidence + "/CON"])
    try folder.write("needle changed", to: "evidence/.bashrc")
    let out = folder.path + "/out"
    let result = try Command.run("extract", file, "-o", out)
    #expect(result.status == 3, "\(result.text)\(result.errors)")
    let lines = try manifest(out)
    let status = Dictionary(
      uniqueKeysWithValues: lines.map { (($0.path as NSString).lastPathComponent, $0.status) })
    #expect(status["file"] == "failed" && status["CON"] == "failed")
    #expect(status[".bashrc"] == "different")
    #expect(lines.count { $0.status == "copied" } == names.count - 2)
    let copies = try FileManager.default.contentsOfDirectory(atPath: out)
    for name in copies {
      #expect(name.first?.isLetter == true || name.first?.isNumber == true)
      let text = try String(contentsOfFile: out + "/" + name, encoding: .utf8)
      #expect(!text.contains("secret\n") && text != "secret")
    }
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        == ["scan.case", "r.yar", "evidence", "secret", "elsewhere", "out"])
  }

  @Test func aLinkInPlaceOfTheFolderIsRefused() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let rules = try folder.write("rule hit { condition: true }", to: "r.yar")
    try folder.write("needle", to: "evidence/file")
    _ = try Command.run("scan", "--case", file, "--signatures", rules, folder.path + "/evidence")
    try ContainerFixtures.run("mkdir", [folder.path + "/elsewhere"])
    try ContainerFixtures.run(
      "ln", ["-s", folder.path + "/elsewhere", folder.path + "/out"])
    let result = try Command.run("extract", file, "-o", folder.path + "/out")
    #expect(result.status == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/elsewhere").isEmpty)
    let inside = try Command.run("extract", file, "-o", folder.path + "/evidence/out")
    #expect(inside.status == 2)
    #expect(inside.errors.contains("would change the evidence"))
  }

  @Test func aQuarantineIsLeftUnlessAskedFor() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/scan.case"
    let rules = try folder.write(
      """
      rule payload { meta: component = "quarantine" confidence = "strong" strings: $a = "needle"
        condition: $a }
      """, to: "r.yar")
    try folder.write("needle", to: "evidence/file")
    _ = try Command.run("scan", "--case", file, "--signatures", rules, folder.path + "/evidence")
    let left = try Command.run("extract", file, "-o", folder.path + "/left")
    #expect(left.status == 0)
    #expect(try manifest(folder.path + "/left").map(\.status) == ["refused"])
    let taken = try Command.run(
      "extract", file, "--include-quarantine", "-o", folder.path + "/taken")
    #expect(taken.status == 0)
    #expect(try manifest(folder.path + "/taken").map(\.status) == ["copied"])
  }
}
