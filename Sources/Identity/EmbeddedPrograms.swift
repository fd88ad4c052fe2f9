import Bytes
package import Findings
package import Profiles

/// Programs in the resources of a program: removal tools and setup programs bring others, with signatures of their
/// own. Compressed resources are not opened.
package struct EmbeddedPrograms {
  /// The programs, each before those in it.
  package private(set) var programs: [EmbeddedProgram] = []

  private let profile: VendorProfile

  /// Limits: programs listed of one file, and how deep they lie in each other.
  private static let maximumPrograms = 16
  private static let maximumDepth = 3

  /// Lists the programs in the resources of `bytes`; none if it is not a PE.
  package init(in bytes: RawSpan, _ profile: VendorProfile) {
    self.profile = profile
    read(bytes, start: 0, path: "", depth: 1)
  }

  private mutating func read(_ bytes: RawSpan, start: Int, path: String, depth: Int) {
    for resource in ResourceDirectory(bytes).resources {
      guard programs.count < Self.maximumPrograms else { return }
      let content = bytes.extracting(resource.range)
      guard ExecutableSections(content) != nil else { continue }
      let place = path + "\(resource.type)/\(resource.name)"
      programs.append(program(content, place, start + resource.range.lowerBound))
      if depth < Self.maximumDepth {
        read(content, start: start + resource.range.lowerBound, path: place + "/", depth: depth + 1)
      }
    }
  }

  private func program(_ content: RawSpan, _ place: String, _ start: Int) -> EmbeddedProgram {
    let resource = VersionResource(content)
    let reader = CodeSignatureReader(content)
    let assessment = SignatureAssessment(reader.signatures, problems: reader.problems, profile)
    return EmbeddedProgram(
      resource: place, offset: UInt64(start), size: UInt64(content.byteCount),
      sha256: Digest(of: content).sha256, product: resource.productName,
      version: resource.fileVersion, isProven: assessment.proof != nil,
      codeSignatures: reader.signatures,
      reasons: (assessment.proof.map { [$0] } ?? []) + assessment.remarks)
  }
}
