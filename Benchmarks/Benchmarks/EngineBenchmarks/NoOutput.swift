import Findings
import Reports

/// Output that goes nowhere.
final class NoOutput: TextOutput {
  func write(_ text: String) {}
}

/// A sink that lets every record go.
final class NoSink: RecordSink {
  func receive(_ record: Record) {}
}
