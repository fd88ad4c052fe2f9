internal import CMemory

/// The stacks of this process.
public enum Stacks {
  /// As much as Linux gives a program that sets no limit, in bytes.
  private static let size = 8 << 20

  /// Runs `body` with a stack of that size, even where `ulimit -s` allows a smaller one. For programs, first thing.
  public static func run(_ body: @convention(c) () -> Void) {
    if !c_memory_run_with_stack(size, body) { body() }
  }
}
