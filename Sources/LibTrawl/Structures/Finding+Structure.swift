import Bytes
import CTrawl
import Evidence
import Findings

extension Arena {
  func finding(_ finding: Finding) -> trawl_finding {
    let what = finding.attribution
    var structure = trawl_finding()
    structure.locator = locator(finding.locator)
    structure.rule = text(what.rule)
    structure.confidence = what.confidence?.number ?? Int32(TRAWL_CONFIDENCE_UNSTATED)
    structure.is_embedded = what.isEmbedded.flag
    structure.is_partial = finding.isPartial.flag
    structure.vendor = text(what.vendor)
    structure.product = text(what.product)
    structure.product_version = text(what.productVersion)
    structure.version = text(what.version)
    structure.component = text(what.component?.rawValue)
    structure.platform = text(what.platform)
    structure.item_id = text(finding.itemID)
    structure.inode = text(finding.inode)
    structure.size = finding.size
    if !finding.isPartial {
      structure.has_digests = 1
      withUnsafeMutableBytes(of: &structure.md5) { $0.copyBytes(from: finding.digest.md5) }
      withUnsafeMutableBytes(of: &structure.sha1) { $0.copyBytes(from: finding.digest.sha1) }
      withUnsafeMutableBytes(of: &structure.sha256) { $0.copyBytes(from: finding.digest.sha256) }
    }
    structure.modified = time(finding.times.modified)
    structure.created = time(finding.times.created)
    structure.accessed = time(finding.times.accessed)
    structure.changed = time(finding.times.changed)
    structure.matches = array(finding.matches.map(match))
    structure.match_count = finding.matches.count
    structure.reasons = texts(what.reasons)
    structure.reason_count = what.reasons.count
    return structure
  }

  private func match(_ match: MatchedRule) -> trawl_rule_match {
    trawl_rule_match(
      rule: text(match.rule), name_space: text(match.namespace), tags: texts(match.tags),
      tag_count: match.tags.count, strings: array(match.strings.map(string)),
      string_count: match.strings.count)
  }

  private func string(_ string: MatchedString) -> trawl_string_match {
    trawl_string_match(
      identifier: text(string.identifier), offset: string.offset, length: string.length,
      data: array(string.data), data_size: string.data.count)
  }

  func problem(_ problem: Problem) -> trawl_problem {
    trawl_problem(
      locator: locator(problem.locator), outcome: problem.cause.reason.outcome, reserved: 0,
      reason: text(problem.cause.reason.rawValue), message: text(problem.cause.message))
  }

  func context(_ file: OtherFile) -> trawl_context {
    trawl_context(locator: locator(file.locator), product: text(file.product))
  }

  func product(_ product: Product) -> trawl_product {
    let components = product.components.map { (name: $0.key.rawValue, count: $0.value) }
    var structure = trawl_product()
    structure.product = text(product.product)
    structure.vendor = text(product.vendor)
    structure.edition = text(product.edition)
    structure.evidence = text(product.evidence)
    structure.installation = text(product.installation)
    structure.volume = volume(product.volume)
    structure.state = text(product.state.rawValue)
    structure.confidence = product.confidence.number
    structure.is_embedded = product.isEmbedded.flag
    structure.versions = texts(product.versions)
    structure.version_count = product.versions.count
    (structure.components, structure.component_count) = counts(components)
    structure.item_ids = texts(product.itemIDs)
    structure.item_id_count = product.itemIDs.count
    structure.first = time(product.first)
    structure.last = time(product.last)
    return structure
  }
}

extension Confidence {
  /// TRAWL_WEAK to TRAWL_CONFIRMED.
  fileprivate var number: Int32 {
    switch self {
    case .weak: Int32(TRAWL_WEAK)
    case .claimed: Int32(TRAWL_CLAIMED)
    case .strong: Int32(TRAWL_STRONG)
    case .confirmed: Int32(TRAWL_CONFIRMED)
    }
  }
}

extension ItemProblem.Reason {
  /// TRAWL_SKIPPED or TRAWL_FAILED.
  var outcome: Int32 { Int32(isSkip ? TRAWL_SKIPPED : TRAWL_FAILED) }
}
