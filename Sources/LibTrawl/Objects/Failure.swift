import CTrawl
import Yara

/// Failure of a function of the C interface.
struct Failure: Error {
  /// Values of `trawl_status` other than TRAWL_OK.
  enum Status: Int32 {
    case invalidArgument = 1
    case rulesInvalid
    case fileUnreadable
    case libyaraFailed
    case cancelled
    case stopped
    case noHelper
    case alreadyRun
  }

  let status: Status
  let message: String
  var libyaraCode: Int32 = 0
  var diagnostics: [Diagnostic] = []

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  /// Failure of libyara, or of reading a file for it.
  init(_ error: YaraError) {
    status =
      switch error.code {
      case .syntaxError, .duplicatedExternalVariable, .invalidExternalVariableType: .rulesInvalid
      case .couldNotOpenFile, .couldNotReadFile, .writingFile: .fileUnreadable
      case .invalidArgument: .invalidArgument
      default: .libyaraFailed
      }
    message = error.description
    libyaraCode = max(0, error.code.rawValue)
    diagnostics = error.diagnostics
  }

  static func null(_ name: String) -> Failure { Failure(.invalidArgument, "\(name) is null") }
}

/// A failure as an object of the caller.
final class ErrorObject {
  let status: Int32
  let message: trawl_text
  let libyaraCode: Int32
  let diagnostics: UnsafePointer<trawl_diagnostic>?
  let diagnosticCount: Int
  private let arena = Arena()

  init(_ failure: Failure) {
    status = failure.status.rawValue
    message = arena.text(failure.message)
    libyaraCode = failure.libyaraCode
    diagnostics = arena.array(failure.diagnostics.map(arena.diagnostic))
    diagnosticCount = failure.diagnostics.count
  }
}

/// Runs the body of a function that can fail, and gives the caller its error.
func attempt(
  _ error: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws -> Void
) -> trawl_status {
  error?.pointee = nil
  let failure: Failure
  do {
    try body()
    return trawl_status(TRAWL_OK)
  } catch let caught as Failure {
    failure = caught
  } catch let caught as YaraError {
    failure = Failure(caught)
  } catch let caught {
    failure = Failure(.libyaraFailed, "\(caught)")
  }
  error?.pointee = Handle.retaining(ErrorObject(failure))
  return failure.status.rawValue
}

/// Target of a result; throws if the caller gave none.
func target<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ name: String) throws(Failure)
  -> UnsafeMutablePointer<Value>
{
  guard let pointer else { throw .null(name) }
  return pointer
}

/// Text of the caller; throws if it is missing.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> String {
  guard let pointer else { throw .null(name) }
  return String(cString: pointer)
}
