/// Destination of a report's text. An error ends the scan.
public protocol TextOutput: AnyObject, Sendable {
  /// Writes the next piece of text, in whole lines.
  func write(_ text: String) throws
}
