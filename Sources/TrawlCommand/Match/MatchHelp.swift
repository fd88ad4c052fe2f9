import Yara

/// Text of `trawl match --help`.
enum MatchHelp {
  static let usage =
    "Usage: trawl match [OPTION]... [NAMESPACE:]RULES_FILE... FILE | DIRECTORY | LIST"

  static let text = start + (Library.release >= (4, 5) ? optionsOf45 : "") + "\n" + end

  private static let start = """
    Scans with YARA rules and prints what yara \(Library.version) prints.

    \(usage)

    Options of yara, by the same names:
           --atom-quality-table=FILE       read the atom quality table from FILE
      -C,  --compiled-rules                RULES_FILE was compiled by yarac
      -c,  --count                         print the number of matches only
      -d,  --define=VAR=VALUE              define an external variable
           --fail-on-warnings              warnings of rules and too many matches are errors
      -f,  --fast-scan                     stop at the first match of each string
      -h,  --help                          show this help and exit
      -i,  --identifier=IDENTIFIER         print only rules of this name
      -l,  --max-rules=NUMBER              stop after NUMBER matching rules
           --max-strings-per-rule=NUMBER   limit of strings in a rule (default 10000)
      -x,  --module-data=MODULE=FILE       give FILE to MODULE
      -n,  --negate                        print the rules that do not match
      -N,  --no-follow-symlinks            do not follow symbolic links in directories
      -w,  --no-warnings                   disable warnings
      -m,  --print-meta                    print metadata
      -D,  --print-module-data             print the fields of modules
      -e,  --print-namespace               print the namespace of rules
      -S,  --print-stats                   print statistics of the rules
      -s,  --print-strings                 print what matched
      -L,  --print-string-length           print the length of what matched
      -g,  --print-tags                    print tags
      -r,  --recursive                     enter directories inside directories
           --scan-list                     scan the files listed in LIST, one per line
      -z,  --skip-larger=NUMBER            skip files of NUMBER bytes or more in directories
      -k,  --stack-size=SLOTS              stack size of conditions (default 16384)
      -t,  --tag=TAG                       print only rules with this tag
      -p,  --threads=NUMBER                scan NUMBER files at the same time
      -a,  --timeout=SECONDS               stop after SECONDS
      -v,  --version                       show the version of YARA and exit
    """

  /// Options that `yara` has since 4.5.
  private static let optionsOf45 = """

      -q,  --disable-console-logs          do not print console messages of rules
      -M,  --module-names                  show the names of the modules and exit
      -X,  --print-xor-key                 print the key of xor strings and the plain text
      -E,  --strict-escape                 warn of unknown escape sequences
    """

  private static let end = """

    As in yara, the value of a short option is a separate argument (-p 4), and the value of a long
    option follows = (--threads=4). Processes are not scanned.

    Options of trawl:
           --format=text|jsonl             format of the output; see docs/match.md
           --completeness                  print at the end how much was scanned and what was not
           --exit-code                     exit with 0 no match, 1 match, 2 error, 3 no match
                                       but not everything scanned
           --no-sieve                      scan every file with libyara alone
           --no-cache                      do not read or write ~/.cache/trawl

    """
}
