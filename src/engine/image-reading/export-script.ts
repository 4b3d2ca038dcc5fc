// A POSIX shell script that derives a boot image again from a checkout and distfiles, and compares its sha256: sh, awk, sed, find, sort, wc, cat and
// sha256sum, no Seedbed. It follows docs/GUIDE.md, "What is in a boot image"; live-bootstrap 984b8322, lib/generator.py is where the rules come from.
import { SeedbedError } from '../../shared/errors.ts';
import { BOOTSTRAP_COMMANDS, SEED_DIRECTORIES } from '../formats/bootstrap-commands.ts';

export interface ScriptFacts {
  /** sha256 of [0, dataBytes). */
  sha256: string;
  dataBytes: number;
  commit: string | null;
  bootstrapCfg: string;
  goal: 'stage0' | 'end';
  /** Names of the overlays that it was built with. */
  overlays: readonly string[];
}

/** Under 60 lines. Throws INPUT_INVALID for a configuration that does not stand between quotes. */
export function formatScript(facts: ScriptFacts): string {
  const { bootstrapCfg, sha256, dataBytes, commit, goal, overlays } = facts;
  const cfg = bootstrapCfg.replace(/\n$/, '').split('\n');
  if (/[^ -~\n]|'/.test(bootstrapCfg))
    throw new SeedbedError('INPUT_INVALID', {
      reason: 'bootstrap.cfg of this image holds characters that no shell script can',
    });
  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
  const usage = [
    'CHECKOUT',
    ...(goal === 'end' ? ['DISTFILES'] : []),
    ...(overlays.length > 0 ? ['OVERLAYS'] : []),
  ];
  return `#!/bin/sh
# Derives a live-bootstrap boot image again from its sources, and compares its sha256 with the one that was told.
# Usage: sh FILE ${usage.join(' ')}   (the checkout with its submodules${commit === null ? '' : `, at ${commit}`})
${overlays.length > 0 ? `# It was built with overlays (${overlays.join(', ')}): OVERLAYS is a folder with their files, such as steps/after/x.sh.\n` : ''}set -euf && export LC_ALL=C
want=${sha256} bytes=${dataBytes}
[ $# -ge ${usage.length} ] || { echo "usage: sh $0 ${usage.join(' ')}" >&2; exit 2; }
root=$(cd "$1" && pwd) distfiles=${goal === 'end' ? '$(cd "$2" && pwd)' : ''} tab=$(printf '\\t')
${overlays.length > 0 ? `overlay=$(cd "$${usage.length}" && pwd)\n` : ''}work=\${TMPDIR:-/tmp}/boot-image.$$
mkdir -m 700 "$work" && trap 'rm -rf "$work"' EXIT
${bootstrapCfg === '' ? ': ' : `printf '%s\\n' ${quoted(cfg)} `}> "$work/bootstrap.cfg"

# A line "path <tab> file" for each file and folder below $1, as ./path with $2 before it; further words are for find.
list() {
  from=$1 to=$2; shift 2
  (cd "$from" && find -L . "$@" ! -name . -print) | sed "s|^\\.\\(.*\\)|.$to\\1$tab$from\\1|"
}
# The files that the manifest's builds need before the machine has a network, as "sha256 name".
wanted() {
  awk '/^improve:.*network/ { exit } $1 == "build:" { print $2 }' "$root/steps/manifest" | while read -r step; do
    [ ! -f "$root/steps/$step/sources" ] || cat "$root/steps/$step/sources"
  done | awk '{ n = ($1 ~ /^g/) ? 4 : 3; name = $(n + 1); if (name == "") { name = $(n - 1); sub(".*/", "", name) } print $n "  " name }' | sort -u
}
skip='-name *.git* -prune -o'
{
  list "$root/seed/stage0-posix" '' $skip -path ./bootstrap-seeds -prune -o
  list "$root/seed" '' $skip ! -name . -type d -prune -o
  list "$root/steps" /steps $skip -path ./bootstrap.cfg -prune -o
${overlays.length > 0 ? '  list "$overlay" \'\' $skip\n' : ''}  printf '%s\\t%s\\n' ./steps "$work" ./steps/bootstrap.cfg "$work/bootstrap.cfg" ./external "$work" ./external/distfiles "$work"
${
  goal === 'end'
    ? `  (cd "$distfiles" && wanted | sha256sum -c - > "$work/sums") || { grep -v ': OK$' "$work/sums" >&2; exit 1; }
  wanted | sed "s|^[^ ]*  \\(.*\\)|./external/distfiles/\\1$tab$distfiles/\\1|"
`
    : ''
}} > "$work/list"

# The boot sector from its hex0 text, byte by byte; stage2 as the text that it is; zeros to the next sector.
hex0=$root/builder-hex0/builder-hex0-x86-stage
for byte in $(sed 's/[#;].*//' "\${hex0}1.hex0" | tr -cd 0-9A-Fa-f | fold -w 2); do
  printf "\\\\$(printf %03o "0x$byte")"
done > "$work/image"
cat "\${hex0}2.hex0" >> "$work/image"
pad() {
  n=$(($1 - $(wc -c < "$work/image")))
  dd if=/dev/zero bs=1 count=$((n % 512)) 2> /dev/null >> "$work/image"
  dd if=/dev/zero bs=512 count=$((n / 512)) 2> /dev/null >> "$work/image"
}
pad $((($(wc -c < "$work/image") / 512 + 1) * 512))

# Each entry is a line and the file's bytes; of two with one path the later counts; sorted part by part of the path.
echo 'src 0 .' >> "$work/image"
awk -F '\\t' '{ file[$1] = $2 } END { for (p in file) { k = p; gsub("/", "\\001", k); print k "\\t" p "\\t" file[p] } }' "$work/list" |
  sort -t "$tab" -k 1,1 | while IFS=$tab read -r key path file; do
    if [ -d "$file" ]; then echo "src 0 $path"; else echo "src $(($(wc -c < "$file"))) $path" && cat "$file"; fi
  done >> "$work/image"
printf '%s\\n' ${quoted([...SEED_DIRECTORIES.map((path) => `src 0 ${path}`), ...BOOTSTRAP_COMMANDS])} >> "$work/image"
pad "$bytes"
got=$(sha256sum < "$work/image")
[ "\${got%% *}" = "$want" ] || { echo "differs: sha256 \${got%% *}, not $want" >&2; exit 1; }
echo "the same: sha256 $want over the first $bytes bytes; behind them an image has nothing but zeros"
`;
}
