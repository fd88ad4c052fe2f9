import CTrawl
import Evidence
import Findings

/// Implements `trawl_result_outcome`.
@_cdecl("trawl_result_outcome")
public func resultOutcome(_ result: OpaquePointer?) -> Int32 {
  switch Handle.optional(result, as: ResultObject.self)?.outcome {
  case nil: Int32(TRAWL_FAILED)
  case .clean: Int32(TRAWL_CLEAN)
  case .matched: Int32(TRAWL_MATCHED)
  case .notScanned(let reason): reason.outcome
  }
}

/// Implements `trawl_result_record_count`.
@_cdecl("trawl_result_record_count")
public func resultRecordCount(_ result: OpaquePointer?) -> Int {
  Handle.optional(result, as: ResultObject.self)?.records.count ?? 0
}

/// Implements `trawl_result_record`.
@_cdecl("trawl_result_record")
public func resultRecord(_ result: OpaquePointer?, _ index: Int) -> OpaquePointer? {
  let records = Handle.optional(result, as: ResultObject.self)?.records ?? []
  return records.indices.contains(index) ? Handle.borrowing(records[index]) : nil
}

/// Implements `trawl_result_free`.
@_cdecl("trawl_result_free")
public func resultFree(_ result: OpaquePointer?) {
  Handle.release(result, as: ResultObject.self)
}
