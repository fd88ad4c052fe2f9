/// Record of a scan. Order: findings and problems as they occur, then the inventory with the
/// other files in the folders of its products, then one summary.
public enum Record: Sendable {
  case finding(Finding)
  case problem(Problem)
  case product(Product)
  case context(OtherFile)
  case summary(Summary)
}

/// Receiver of a scan's records. Called for one record at a time, on the thread that completed
/// the item. An error stops the scan, which rethrows it.
public protocol RecordSink: AnyObject, Sendable {
  /// Receives one record.
  func receive(_ record: Record) throws
}
