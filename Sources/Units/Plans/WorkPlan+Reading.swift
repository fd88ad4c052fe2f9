package import Bytes
import Results

extension WorkPlan {
  /// Reads a plan. A plan that was changed, or cut off, is refused: its identifiers say so.
  package init(_ path: RawPath) throws {
    var reader = try LineReader(path)
    var header: PlanHeader?
    var units = [WorkUnit]()
    while let line = try reader.next() {
      guard case .text(let bytes, let number) = line else {
        throw ResultError(path, "a line is longer than \(LineReader.longest) bytes")
      }
      guard let header else {
        header = try Self.header(bytes, path)
        continue
      }
      guard units.count < min(header.units, Self.mostUnits) else {
        throw ResultError(path, "more units than its first line states")
      }
      units.append(try Self.decoded(WorkUnit.self, "unit", bytes, path, number))
    }
    guard let header else { throw ResultError(path, "it is empty; make it with trawl plan") }
    guard units.count == header.units else {
      throw ResultError(path, "\(units.count) of \(header.units) units: it was cut off")
    }
    try self.init(header, units)
    guard self.header == header, self.units == units else {
      throw ResultError(path, "it was changed after trawl plan made it; make it again")
    }
  }

  /// The first line of a plan.
  private static func header(_ line: [UInt8], _ path: RawPath) throws -> PlanHeader {
    let header = try decoded(PlanHeader.self, "plan", line, path, 1)
    guard header.units >= 0, header.units <= mostUnits else {
      throw ResultError(path, "more than \(mostUnits) units")
    }
    return header
  }

  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ name: String, _ line: [UInt8], _ path: RawPath, _ number: Int
  ) throws -> Value {
    guard UnitLine.type(of: line) == name else {
      throw ResultError(path, "line \(number) is no \(name); make the plan with trawl plan")
    }
    do { return try UnitLine.value(type, of: line) } catch {
      throw ResultError(path, "line \(number) is no \(name) of this version of trawl")
    }
  }
}
