import ArgumentParser
import Glibc

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
    Terminal.write("trawl: \(error)\n", to: STDERR_FILENO)
    return ExitCode(2)
  }
}
