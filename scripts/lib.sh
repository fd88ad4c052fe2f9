# Shell functions shared by the scripts. Sourced, never run.
# shellcheck shell=bash

# The script that runs, by a path that survives cd.
self=$(realpath "$0")
lib=$(realpath "${BASH_SOURCE[0]}")

# usage – prints the comment at the top of the script.
usage() { sed -n '2,${/^#/!q; s/^# \{0,1\}//p}' "$self"; }

# wrong_usage – prints it on stderr, and exits with 64.
wrong_usage() { usage >&2; exit 64; }

# fail WORD… – prints an error with the name of the script, and exits with 1.
fail() { echo "$(basename "$self"): $*" >&2; exit 1; }

# Options of every release build. Paths in the objects begin at the checkout, so that the same sources give the same bytes
# in any folder.
release_options=(
  -c release --static-swift-stdlib
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=."
)

# build_quietly OPTION… – swift build, whose output appears only if it fails.
build_quietly() {
  swift build "$@" > .build-log 2>&1 || { cat .build-log >&2; exit 1; }
  rm -f .build-log
}

# lookalike RULE – path of the first file below $positives that was built for a rule.
lookalike() { find "$positives/$1" -type f | sort | head -n 1; }

# begin_output OUTDIR FILE… – starts to build a folder. Exits with 0 if OUTDIR was built from the same files
# before. Else sets `out`, and `stage`, an empty folder that finish_output puts in its place.
begin_output() {
  out=$(realpath -m "$1")
  shift
  output_hash=$({ cat "$self" "$lib" "$@"; echo "${output_key-}"; } | sha256sum | cut -d ' ' -f 1)
  [[ -f $out/.complete && $(< "$out/.complete") == "$output_hash" ]] && exit 0
  mkdir -p "$(dirname "$out")"
  stage=$(mktemp -d "$out.partial.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
}

# finish_output – replaces OUTDIR by what was built.
finish_output() {
  echo "$output_hash" > "$stage/.complete"
  rm -rf "$out"
  trap - EXIT
  mv "$stage" "$out"
}

# record_planted FIELD… FILE – adds a line to planted.tsv: the fields, and the SHA-256 of FILE.
record_planted() {
  local file=${*: -1}
  printf '%s\t' "${@:1:$#-1}" >> "$stage/planted.tsv"
  sha256sum "$file" | cut -d ' ' -f 1 >> "$stage/planted.tsv"
}
