import Bytes
package import Containers
package import Evidence

/// End of the medium as stated by a GPT.
package enum PartitionTableEnd {
  /// A problem if the header names a copy of itself behind the end of the medium: that was cut off. Source: UEFI
  /// Specification, 5.3.2, "GPT Header".
  package static func problems(_ medium: any Medium) -> [ItemProblem] {
    for size in [512, 4096] as [UInt64] {
      guard let header = try? medium.bytes(at: size, count: 40), header.count == 40,
        header.starts(with: "EFI PART".utf8)
      else { continue }
      let last = header.withUnsafeBytes { $0.little(32, as: UInt64.self) ?? 0 }
      let (start, overflow) = last.multipliedReportingOverflow(by: size)
      guard overflow || start >= medium.size else { return [] }
      return [
        ItemProblem(
          .truncated,
          "the image ends at byte \(medium.size), but the backup GPT lies"
            + (overflow ? " beyond any medium" : " at byte \(start)") + ": the end is missing")
      ]
    }
    return []
  }
}
