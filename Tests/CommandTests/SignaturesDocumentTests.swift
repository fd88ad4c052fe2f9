import TestSupport
import Testing

/// `trawl signatures document`, and the page that is made from it.
@Suite struct SignaturesDocumentTests {
  @Test func thePageIsWhatTheSignaturesSay() throws {
    let check = try Subprocess.run(
      Fixtures.package + "/scripts/document", ["--check", Command.path])
    #expect(check.status == 0, "\(check.errors)")
  }

  @Test func ownRulesAreDocumentedByPlatform() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      """
      rule one {
        meta: vendor = "Northwind" product = "Wind|Mill" component = "driver" platform = "linux"
          confidence = "claimed" basis = "paper" reason = "is *a* driver" source = "a book"
        condition: uint32be(0) == 0x7F454C46
      }
      rule two { meta: platform = "beos" condition: true }
      private rule helper { condition: true }
      """, to: "r.yar")
    let result = try Command.run("signatures", "document", rules)
    #expect(result.status == 0)
    #expect(
      result.text == #"""
        | platform | signatures | genuine files | paper | strong | claimed | weak |
        | --- | --- | --- | --- | --- | --- | --- |
        | Linux | 1 | 0 | 1 | 0 | 1 | 0 |
        | beos | 1 | 0 | 0 | 0 | 0 | 0 |
        | all | 2 | 0 | 1 | 0 | 1 | 0 |

        ### Linux
        | signature | component | product | confidence | basis | reason | source |
        | --- | --- | --- | --- | --- | --- | --- |
        | `one` | driver | Wind\|Mill | claimed | paper | is \*a\* driver | a book |

        ### beos
        | signature | component | product | confidence | basis | reason | source |
        | --- | --- | --- | --- | --- | --- | --- |
        | `two` | - | - | - | - | - | - |

        """#)
  }
}
