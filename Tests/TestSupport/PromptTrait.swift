import Dispatch
public import Testing

/// Runs an asynchronous test on threads of its own.
///
/// The shared pool has as many threads as processors, and most tests here occupy one until they end. A test that
/// suspends in the pool goes on behind all others, and so would the scan that it is about to cancel.
public struct PromptTrait: TestTrait, SuiteTrait, TestScoping {
  /// Every test of a suite.
  public let isRecursive = true

  /// Performs a test where it goes on at once after each suspension.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(GlobalQueueExecutor.shared) { try await function() }
  }
}

extension Trait where Self == PromptTrait {
  /// Runs the test on threads of its own.
  public static var prompt: Self { Self() }
}

/// The global queue of Dispatch, which starts more threads when others block.
private final class GlobalQueueExecutor: TaskExecutor {
  static let shared = GlobalQueueExecutor()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
