import Yara

/// What `trawl match --help` says.
enum MatchHelp {
  static let usage =
    "Usage: trawl match [OPTION]... [NAMESPACE:]RULES_FILE... FILE | DIRECTORY | LIST"

  static let text = """
    Scans with YARA rules and prints what yara \(Library.version) prints.

    \(usage)

    Options of yara, by the same names:
           --atom-quality-table=FILE       take what makes a good atom from FILE
      -C,  --compiled-rules                RULES_FILE was compiled by yarac
      -c,  --count                         print the number of matches only
      -d,  --define=VAR=VALUE              define an external variable
           --fail-on-warnings              warnings of rules and too many matches are errors
      -f,  --fast-scan                     look for one place of each string only
      -h,  --help                          show this help and exit
      -i,  --identifier=IDENTIFIER         print only rules of this name
      -l,  --max-rules=NUMBER              end after NUMBER of matches
           --max-strings-per-rule=NUMBER   so many strings may a rule have (default 10000)
      -x,  --module-data=MODULE=FILE       give FILE to MODULE
      -n,  --negate                        print the rules that do not match
      -N,  --no-follow-symlinks            pass by symbolic links inside directories
      -w,  --no-warnings                   say no warnings
      -m,  --print-meta                    print metadata
      -D,  --print-module-data             print the fields of modules
      -e,  --print-namespace               print the namespace of rules
      -S,  --print-stats                   print figures of the rules
      -s,  --print-strings                 print what matched
      -L,  --print-string-length           print the length of what matched
      -g,  --print-tags                    print tags
      -r,  --recursive                     enter directories inside directories
           --scan-list                     scan the files that FILE lists, one a line
      -z,  --skip-larger=NUMBER            pass by files in directories from NUMBER bytes on
      -k,  --stack-size=SLOTS              the stack that conditions may use (default 16384)
      -t,  --tag=TAG                       print only rules with this tag
      -p,  --threads=NUMBER                scan NUMBER of files at the same time
      -a,  --timeout=SECONDS               end after so many seconds
      -v,  --version                       show the version of YARA and exit

    As with yara, -p4 and -dx=1 are not understood: a value is an argument of its own behind a letter, \
    and follows = behind a word. Processes are not scanned.

    Options of trawl:
           --format=text|jsonl             how the result is written; see docs/match.md
           --completeness                  say at the end how much was scanned and what was not
           --exit-code                     exit with 0 no match, 1 a match, 2 an error, 3 no match \
    but not all was scanned
           --no-sieve                      let libyara scan every file whole
           --no-cache                      keep nothing in ~/.cache/trawl, and use nothing of it

    """
}
