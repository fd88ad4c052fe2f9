package import Bytes

/// Results, or a plan of units, that cannot be read at all. Single bad lines are ``ResultDefect``s instead.
package struct ResultError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
  package let path: RawPath
  /// The cause, with the remedy if there is one.
  package let problem: String

  package init(_ path: RawPath, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  package var description: String { "\(path.shown): \(problem)" }
}
