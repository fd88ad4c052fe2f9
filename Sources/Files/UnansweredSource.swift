package import Bytes
package import Evidence

/// Targets on mounted file systems that do not answer: reported, and never touched.
package struct UnansweredSource: ItemSource {
  private let targets: [RawPath]
  /// Number of seconds after which the file systems count as silent.
  private let seconds: Int

  package init(_ targets: [RawPath], seconds: Int) {
    self.targets = targets
    self.seconds = seconds
  }

  package var evidence: [EvidenceDescription] {
    targets.map { EvidenceDescription(name: $0, kind: .other, size: nil) }
  }

  package func push(to receiver: any ItemReceiver) {
    for target in targets {
      receiver.report(
        .ofSilentMount(seconds),
        at: Locator(evidence: target, path: FileSource.absolute(target)))
    }
  }
}

extension ItemProblem {
  /// Problem of a target on a mounted file system that does not answer.
  static func ofSilentMount(_ seconds: Int) -> ItemProblem {
    ItemProblem(
      .timedOut,
      "the file system mounted here did not answer within \(seconds) seconds; unmount it, or"
        + " restore its server")
  }
}
