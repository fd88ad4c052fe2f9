package import Foundation

/// One line of `trawl scan --format jsonl`, of any type: the keys of docs/output.md, nil if absent.
package struct OutputRecord: Decodable, Hashable, Sendable {
  package let schema: Int
  package let type: String

  // Locator of findings, problems and context; place of products.
  package let evidence: String?
  package let evidenceBase64: String?
  package let volume: Volume?
  package let path: String?
  package let pathBase64: String?
  package let archive: String?
  package let stream: String?
  package let state: String?
  package let offset: Int?
  package let runs: [[Int]]?

  // Findings.
  package let rule: String?
  package let confidence: String?
  package let vendor: String?
  package let product: String?
  package let productVersion: String?
  package let version: String?
  package let component: String?
  package let platform: String?
  package let embedded: Bool?
  package let reasons: [String]?
  package let codeSignatures: [CodeSignature]?
  package let itemId: String?
  package let inode: String?
  package let size: Int?
  package let md5: String?
  package let sha1: String?
  package let sha256: String?
  package let modified: String?
  package let created: String?
  package let accessed: String?
  package let changed: String?
  package let timeZone: String?
  package let matches: [Match]?
  package let traces: [Trace]?
  package let contents: [Content]?

  // Problems.
  package let outcome: String?
  package let reason: String?
  package let message: String?

  // Products.
  package let installation: String?
  package let edition: String?
  package let versions: [String]?
  package let components: [String: Int]?
  package let firstTime: String?
  package let lastTime: String?
  package let itemIds: [String]?

  // Summary.
  package let items: [String: Int]?
  package let skipped: [String: Int]?
  package let failed: [String: Int]?
  package let partlyRead: Int?
  package let ignored: [String: Int]?
  package let archives: [String: Int]?
  package let media: [Medium]?
  package let findings: [String: Int]?
  package let complete: Bool?
  package let interrupted: Bool?
  package let excludedByGate: Int?
  package let excludedBySieve: Int?
  package let evaluatedWithoutScan: Int?
  package let scannedByLibyara: Int?
  package let sieveVerified: Int?
  package let sieveDifferences: Int?
  package let bytesPresent: Int?
  package let bytesRead: Int?
  package let seconds: Double?
  package let custody: Custody?

  /// Decodes every line.
  package static func all(in lines: [String]) throws -> [OutputRecord] {
    try lines.map { try JSONDecoder.ofOutput.decode(OutputRecord.self, from: Data($0.utf8)) }
  }
}

extension OutputRecord {
  package struct Volume: Decodable, Hashable, Sendable {
    package let index: Int
    package let start: Int
    package let length: Int
    package let type: String
    package let name: String?
  }

  package struct CodeSignature: Decodable, Hashable, Sendable {
    package let depth: Int
    package let digest: String
    package let digestAlgorithm: String?
    package let signatureValid: Bool
    package let programName: String?
    package let signer: String?
    package let catalogue: String?
    package let timestampCheck: String?
  }

  /// A program in a resource.
  package struct Content: Decodable, Hashable, Sendable {
    package let resource: String
    package let offset: Int
    package let size: Int
    package let sha256: String
    package let product: String?
    package let version: String?
    package let proven: Bool
    package let codeSignatures: [CodeSignature]?
  }

  package struct Match: Decodable, Hashable, Sendable {
    package let rule: String
    package let namespace: String
    package let tags: [String]
    package let strings: [FoundString]
  }

  package struct FoundString: Decodable, Hashable, Sendable {
    package let identifier: String
    package let offset: Int
    package let length: Int
    package let data: String
  }

  package struct Trace: Decodable, Hashable, Sendable {
    package let kind: String
    package let place: String
    package let product: String?
    package let edition: String?
    package let version: String?
    package let folder: String?
    package let program: String?
    package let active: Bool?
    package let written: String?
  }

  /// Account of one disk image, in bytes.
  package struct Medium: Decodable, Hashable, Sendable {
    package let evidence: String
    package let size: Int
    package let items: Int
    package let metadata: Int
    package let slack: Int
    package let carved: Int
    package let unallocated: Int
    package let unowned: Int
    package let gaps: Int
    package let unread: Int
    package let knownZeros: Int
    package let chunksNeeded: Int?
    package let chunksDecoded: Int?
    package let chunksDecodedByHelpers: Int?
    package let verification: Verification?

    /// Sum of the parts that account for every byte: the size of the medium.
    package var sumOfParts: Int {
      items &+ metadata &+ slack &+ carved &+ unallocated &+ gaps &+ unread
    }
  }

  package struct Verification: Decodable, Hashable, Sendable {
    package let md5: String
    package let sha1: String
    package let sha256: String
    package let stored: [Stored]
    package let unreadable: [[Int]]
    package let unreadableAtAcquisition: [[Int]]

    package struct Stored: Decodable, Hashable, Sendable {
      package let algorithm: String
      package let digest: String
      package let equal: Bool
    }
  }

  package struct Custody: Decodable, Hashable, Sendable {
    package let tool: String
    package let libraries: [String: String]
    package let withoutSieve: String?
    package let commandLine: [String]
    package let `case`: Case?
    package let start: String
    package let end: String
    package let evidence: [Evidence]

    package struct Case: Decodable, Hashable, Sendable {
      package let file: String
      package let head: String
    }

    package struct Evidence: Decodable, Hashable, Sendable {
      package let name: String
      package let kind: String
      package let size: Int?
    }
  }
}

extension [OutputRecord] {
  package func ofType(_ type: String) -> [OutputRecord] { filter { $0.type == type } }
}

extension JSONDecoder {
  /// Decoder for the keys of the output, such as `item_id`.
  package static var ofOutput: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
