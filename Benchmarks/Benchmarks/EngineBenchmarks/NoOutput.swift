import Findings
import Reports

/// Output that is discarded.
final class NoOutput: TextOutput {
  func write(_ text: String) {}
}

/// A sink that discards every record.
final class NoSink: RecordSink {
  func receive(_ record: Record) {}
}
