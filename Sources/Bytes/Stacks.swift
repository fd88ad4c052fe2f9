internal import CMemory

/// The stacks of this process.
public enum Stacks {
  /// Default stack size of Linux, in bytes.
  private static let size = 8 << 20

  /// Runs `body` with a stack of that size, even if `ulimit -s` allows only a smaller one. Programs call it first.
  public static func run(_ body: @convention(c) () -> Void) {
    if !c_memory_run_with_stack(size, body) { body() }
  }
}
