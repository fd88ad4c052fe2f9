import Foundation
import TestSupport
import Testing

/// `trawl signatures test`
@Suite struct SignaturesSamplesTests {
  private let rules = """
    private rule text { condition: uint8(0) >= 0x20 }
    rule needle { strings: $a = "needle" condition: text and $a }
    rule thread { strings: $a = "thread" condition: text and $a }
    """

  private func run(_ folder: TemporaryDirectory, _ arguments: String...) throws
    -> Subprocess.Result
  {
    let rules = try folder.write(rules, to: "rules.yar")
    return try Subprocess.run(Command.path, ["signatures", "test", rules] + arguments)
  }

  /// Samples that pass.
  private func samples() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    try folder.write("a needle", to: "positive/needle/one")
    try folder.write("a needle and a thread", to: "positive/needle/deeper/two")
    try folder.write("a thread", to: "positive/thread/one")
    try folder.write("a thread", to: "near-miss/needle/thread")
    try folder.write("a needle", to: "near-miss/thread/needle")
    try folder.write("nothing", to: "near-miss/any/nothing")
    return folder
  }

  @Test func theBuiltInSignaturesPassOnTheFixtures() throws {
    let result = try Command.run(
      "signatures", "test", "--positives", Fixtures.folder + "/positive", "--near-misses",
      Fixtures.folder + "/near-miss")
    #expect(result.status == 0)
    let positives = Fixtures.files("positive").count
    let nearMisses = Fixtures.files("near-miss").count
    #expect(positives >= 60 && nearMisses >= 60)
    #expect(result.lines.count == 1)
    #expect(
      result.lines.first?.hasSuffix(
        " rules, \(positives) positives, \(nearMisses) near-misses: 0 failures") == true,
      "\(result.lines)")
  }

  @Test func ownRulesPassOnOwnSamples() throws {
    let folder = try samples()
    let result = try run(
      folder, "--positives", folder.path + "/positive", "--near-misses", folder.path + "/near-miss")
    #expect(result.text == "2 rules, 3 positives, 3 near-misses: 0 failures\n")
    #expect(result.status == 0)
    let half = try run(folder, "--near-misses", folder.path + "/near-miss")
    #expect(half.text == "2 rules, 3 near-misses: 0 failures\n")
    #expect(half.status == 0)
  }

  @Test func eachFailureIsALine() throws {
    let folder = try samples()
    try folder.write("nothing", to: "positive/needle/nothing")
    try folder.write("a thread", to: "positive/needle/thread")
    try folder.write("a needle", to: "positive/nedle/misspelt")
    try folder.write("a needle", to: "positive/astray")
    try folder.write("a needle", to: "near-miss/needle/needle")
    try folder.write("a needle and a thread", to: "near-miss/any/both")
    let place = folder.path
    let result = try run(
      folder, "--positives", place + "/positive", "--near-misses", place + "/near-miss")
    #expect(result.status == 1)
    #expect(
      result.lines == [
        "\(place)/positive/astray: not in a folder named after a rule",
        "\(place)/positive/nedle/misspelt: unknown rule nedle",
        "\(place)/positive/needle/nothing: must match needle, but matches none",
        "\(place)/positive/needle/thread: must match needle, but matches thread",
        "\(place)/near-miss/any/both: must match no rule, but matches needle, thread",
        "\(place)/near-miss/needle/needle: must not match needle",
        "2 rules, 7 positives, 5 near-misses: 6 failures",
      ])
  }

  @Test func aRuleWithoutASampleIsAFailure() throws {
    let folder = try samples()
    try FileManager.default.removeItem(atPath: folder.path + "/positive/thread")
    try FileManager.default.removeItem(atPath: folder.path + "/near-miss/needle")
    let result = try run(
      folder, "--positives", folder.path + "/positive", "--near-misses", folder.path + "/near-miss")
    #expect(result.status == 1)
    #expect(
      result.lines == [
        "thread: no positive sample", "needle: no near-miss sample",
        "2 rules, 2 positives, 2 near-misses: 2 failures",
      ])
  }

  /// A sample that could not be read was not tested.
  @Test func aSampleThatCannotBeReadIsAFailure() throws {
    let folder = try samples()
    #expect(mkfifo(folder.path + "/near-miss/any/pipe", 0o600) == 0)
    let result = try run(folder, "--near-misses", folder.path + "/near-miss")
    #expect(result.status == 1)
    #expect(result.lines.first?.hasPrefix("\(folder.path)/near-miss/any/pipe: ") == true)
  }

  @Test func whatIsMissingExitsWithTwoAndNothingToTestIsAWrongUsage() throws {
    let folder = try samples()
    let missing = try run(folder, "--positives", folder.path + "/absent")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("samples \(folder.path)/absent: not a directory"))
    #expect(try run(folder).status == 64)
    let broken = try folder.write("rule r {", to: "broken.yar")
    let result = try Command.run(
      "signatures", "test", broken, "--positives", folder.path + "/positive")
    #expect(result.status == 2)
    #expect(result.errors.contains("broken.yar"))
  }
}
