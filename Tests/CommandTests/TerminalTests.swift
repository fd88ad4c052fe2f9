import Foundation
import TestSupport
import Testing

/// Output for people: settings, quiet and verbose, colours, completions, doctor.
@Suite struct TerminalTests {
  private func run(_ arguments: [String], _ environment: [String: String]) throws
    -> Subprocess.Result
  {
    try Subprocess.run(
      Command.path, arguments,
      environment: ["TRAWL_CONFIG": "", "NO_COLOR": "", "TERM": "xterm"].merging(environment) { $1 }
    )
  }

  private func configured(_ text: String, _ arguments: String...) throws -> Subprocess.Result {
    let folder = try TemporaryDirectory()
    return try run(arguments, ["TRAWL_CONFIG": try folder.write(text, to: "config")])
  }

  @Test func settingsAreDefaultsOfTheirCommand() throws {
    let text =
      "# mine\n[scan]\nformat = jsonl\n quiet = true \r\nverify = false\n\n[report]\nformat = csv\n"
    let result = try configured(text, "scan", "/bin/true")
    #expect(result.status == 0)
    #expect(result.text.hasPrefix("{\"schema\":1"))
    let typed = try configured(text, "scan", "--format", "inventory", "/bin/true")
    #expect(typed.text.hasPrefix("No product found."))
    #expect(try configured("[image]\nnonsense = 1\n", "scan", "/bin/true").status == 0)
  }

  @Test(arguments: [
    "jobs = 4\n", "[scan]\njobs\n", "[scan]\n--jobs = 4\n", "[scan]\n = 4\n",
    "[scan]\n\u{1B}[2J = 1\n",
  ])
  func badSettingsAreAnErrorWithTheirLine(_ text: String) throws {
    let result = try configured(text, "scan", "/bin/true")
    #expect(result.status == 2)
    #expect(result.errors.contains("config, line "))
    #expect(HostileEvidence.harmful(result.errors) == [])
  }

  @Test func settingsThatDoNotExist() throws {
    #expect(try configured("[scan]\nnonsense = 1\n", "scan", "/bin/true").status == 64)
    #expect(try run(["scan", "/bin/true"], ["TRAWL_CONFIG": "/nonexistent"]).status == 2)
    let home = try TemporaryDirectory()
    try home.write("[scan]\nformat = jsonl\n", to: "trawl/config")
    let result = try Subprocess.run(
      "env",
      ["-u", "TRAWL_CONFIG", "XDG_CONFIG_HOME=\(home.path)", Command.path, "scan", "/bin/true"])
    #expect(result.text.hasPrefix("{\"schema\":1"))
  }

  @Test func quietAndVerbose() throws {
    #expect(try run(["scan", "/dev/null"], [:]).errors.contains("skipped"))
    let quiet = try run(["scan", "--quiet", "/dev/null"], [:])
    #expect(quiet.status == 3 && quiet.errors == "")
    let verbose = try run(["scan", "--verbose", "/bin/true"], [:])
    #expect(verbose.errors.contains("libyara") && verbose.errors.contains("SHA-256"))
    #expect(try run(["scan", "--quiet", "--verbose", "/bin/true"], [:]).status == 64)
  }

  @Test func coloursAreForTerminals() throws {
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    #expect(try !run(["scan", driver], [:]).text.contains("\u{1B}"))
    #expect(try run(["scan", "--color", "always", driver], [:]).text.hasPrefix("\u{1B}[35mstrong"))
    let terminal = ["-qec", "\(Command.path) scan --no-progress \(driver)", "/dev/null"]
    func onTerminal(_ environment: [String: String]) throws -> String {
      try Subprocess.run(
        "script", terminal,
        environment: ["TRAWL_CONFIG": "", "TERM": "xterm"].merging(environment) { $1 }
      ).text
    }
    #expect(try onTerminal(["NO_COLOR": ""]).contains("\u{1B}[35m"))
    #expect(try !onTerminal(["NO_COLOR": "1"]).contains("\u{1B}"))
    #expect(try !onTerminal(["NO_COLOR": "", "TERM": "dumb"]).contains("\u{1B}"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsNameEveryCommand(_ shell: String) throws {
    let result = try run(["--generate-completion-script", shell], [:])
    #expect(result.status == 0)
    for command in ["scan", "report", "diff", "merge", "doctor"] {
      #expect(result.text.contains(command))
    }
    if shell == "bash" {
      let folder = try TemporaryDirectory()
      let script = try folder.write(result.text, to: "trawl.bash")
      #expect(try Subprocess.run("bash", ["-n", script]).status == 0)
    }
  }

  @Test func doctorSaysWhatItFound() throws {
    let result = try run(["doctor"], [:])
    #expect([0, 1].contains(result.status))
    for check in ["libyara", "prefilter", "libtsk", "sqlite", "devices", "cache", "configuration"] {
      #expect(result.text.contains(try Regex("(?m)^\(check) +(ok|note|limited) ")), "\(check)")
    }
    #expect(result.text.contains(": the prefilter is proven with the semantics of 4."))
    let poor = try run(["doctor"], ["TMPDIR": "/nonexistent"])
    #expect(poor.status == 1 && poor.text.contains("set TMPDIR"))
  }
}
