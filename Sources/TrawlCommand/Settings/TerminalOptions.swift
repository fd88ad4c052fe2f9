import ArgumentParser
import Glibc

/// Options for output on a terminal.
struct TerminalOptions: ParsableArguments {
  enum Color: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Flag(name: .shortAndLong, help: "Print no notes, no progress and no problems on stderr.")
  var quiet = false

  @Flag(help: "Also print on stderr what trawl does and uses.")
  var verbose = false

  @Option(help: "Colours; auto means on a terminal, unless NO_COLOR is set.")
  var color = Color.auto

  func validate() throws {
    guard !(quiet && verbose) else {
      throw ValidationError("--quiet and --verbose exclude each other.")
    }
  }

  /// Whether text on this descriptor has colours (https://no-color.org).
  func isColored(_ descriptor: Int32) -> Bool {
    switch color {
    case .always: return true
    case .never: return false
    case .auto:
      if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
      if let value = getenv("TERM"), String(cString: value) == "dumb" { return false }
      return isatty(descriptor) == 1
    }
  }

  func terminal(showsProgress: Bool = false) -> Terminal {
    Terminal(
      showsProgress: showsProgress && !quiet, isQuiet: quiet, isVerbose: verbose)
  }
}
