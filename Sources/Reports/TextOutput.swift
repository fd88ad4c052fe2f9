/// Where a report's text goes. An error ends the scan.
public protocol TextOutput: AnyObject, Sendable {
  /// Takes the next piece of text, whole lines.
  func write(_ text: String) throws
}
