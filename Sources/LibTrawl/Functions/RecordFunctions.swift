public import CTrawl
import Findings

/// Implements `trawl_record_type`.
@_cdecl("trawl_record_type")
public func recordType(_ record: OpaquePointer?) -> Int32 {
  switch Handle.optional(record, as: RecordObject.self)?.record {
  case nil: 0
  case .finding: Int32(TRAWL_FINDING)
  case .problem: Int32(TRAWL_PROBLEM)
  case .product: Int32(TRAWL_PRODUCT)
  case .context: Int32(TRAWL_CONTEXT)
  case .summary: Int32(TRAWL_SUMMARY)
  }
}

/// Implements `trawl_record_finding`.
@_cdecl("trawl_record_finding")
public func recordFinding(_ record: OpaquePointer?) -> UnsafePointer<trawl_finding>? {
  let object = Handle.optional(record, as: RecordObject.self)
  guard let object, case .finding(let finding) = object.record else { return nil }
  return object.structure { $0.finding(finding) }
}

/// Implements `trawl_record_problem`.
@_cdecl("trawl_record_problem")
public func recordProblem(_ record: OpaquePointer?) -> UnsafePointer<trawl_problem>? {
  let object = Handle.optional(record, as: RecordObject.self)
  guard let object, case .problem(let problem) = object.record else { return nil }
  return object.structure { $0.problem(problem) }
}

/// Implements `trawl_record_product`.
@_cdecl("trawl_record_product")
public func recordProduct(_ record: OpaquePointer?) -> UnsafePointer<trawl_product>? {
  let object = Handle.optional(record, as: RecordObject.self)
  guard let object, case .product(let product) = object.record else { return nil }
  return object.structure { $0.product(product) }
}

/// Implements `trawl_record_context`.
@_cdecl("trawl_record_context")
public func recordContext(_ record: OpaquePointer?) -> UnsafePointer<trawl_context>? {
  let object = Handle.optional(record, as: RecordObject.self)
  guard let object, case .context(let file) = object.record else { return nil }
  return object.structure { $0.context(file) }
}

/// Implements `trawl_record_summary`.
@_cdecl("trawl_record_summary")
public func recordSummary(_ record: OpaquePointer?) -> UnsafePointer<trawl_summary>? {
  let object = Handle.optional(record, as: RecordObject.self)
  guard let object, case .summary(let summary) = object.record else { return nil }
  return object.structure { $0.summary(summary) }
}

/// Implements `trawl_record_json`.
@_cdecl("trawl_record_json")
public func recordJSON(_ record: OpaquePointer?, _ size: UnsafeMutablePointer<Int>?)
  -> UnsafePointer<CChar>?
{
  let json = Handle.optional(record, as: RecordObject.self)?.json ?? trawl_text()
  size?.pointee = json.size
  return json.data
}

/// Implements `trawl_record_retain`.
@_cdecl("trawl_record_retain")
public func recordRetain(_ record: OpaquePointer?) -> OpaquePointer? {
  Handle.optional(record, as: RecordObject.self).map { Handle.retaining($0) }
}

/// Implements `trawl_record_release`.
@_cdecl("trawl_record_release")
public func recordRelease(_ record: OpaquePointer?) {
  Handle.release(record, as: RecordObject.self)
}
