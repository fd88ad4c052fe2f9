import ArgumentParser
import Glibc
import Reports

/// Failure that ends the command with status 2: bad rules, or output that cannot be written.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Runs `body`; prints a failure on stderr and ends the command.
  static func catching<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as ExitCode { throw error } catch {
      throw end(saying: error)
    }
  }

  /// Prints an error on stderr and returns the exit status.
  static func end(saying error: Any) -> ExitCode {
    Terminal.write("trawl: \(harmless("\(error)"))\n", to: STDERR_FILENO)
    return ExitCode(2)
  }

  /// A message without control characters. An argument in it may be a hostile file name, which the
  /// shell put there for a `*`: its line breaks go, too, those of the message stay.
  static func harmless(_ message: String) -> String {
    var message = message
    for argument in CommandLine.arguments where Printable.text(argument) != argument {
      message = message.replacing(argument, with: Printable.text(argument))
    }
    return message.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Printable.text(String($0)) }.joined(separator: "\n")
  }
}
