import ArgumentParser
import Glibc

/// What ends the command with status 2: bad rules, or output that cannot be written.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Runs `body`; a failure is said on stderr and ends the command.
  static func catching<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as ExitCode { throw error } catch {
      throw end(saying: error)
    }
  }

  /// Says an error on stderr and answers the status to end with.
  static func end(saying error: Any) -> ExitCode {
    Terminal.write("trawl: \(error)\n", to: STDERR_FILENO)
    return ExitCode(2)
  }
}
