import ArgumentParser
import Glibc

/// What ends the command with status 2: bad rules, or output that cannot be written.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Runs `body`; a failure is said on stderr and ends the command.
  static func catching<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as ExitCode { throw error } catch {
      Terminal.write("trawl: \(error)\n", to: STDERR_FILENO)
      throw ExitCode(2)
    }
  }
}
