package import Bytes

/// A plan, a unit or a unit's result that cannot be used.
package struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  package let path: RawPath
  /// The cause, with the remedy if there is one.
  package let problem: String

  package init(_ path: RawPath, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  package var description: String { "\(path.shown): \(problem)" }
}
