/// What a scan tells, in order: findings and problems as they come, then the inventory with the
/// other files in the folders of its products, then one summary.
public enum Record: Sendable {
  case finding(Finding)
  case problem(Problem)
  case product(Product)
  case context(OtherFile)
  case summary(Summary)
}

/// Who takes the records of a scan. Called from one place, one record at a time, from whichever
/// thread completed the item; an error stops the scan and is thrown by it.
public protocol RecordSink: AnyObject, Sendable {
  /// Takes one record.
  func receive(_ record: Record) throws
}
