// A POSIX shell script that checks the hashes of a report again with sha256sum (or shasum), tail and head, and nothing of Seedbed's.
import type { ImageRecord } from '../../../shared/model/image.ts';
import type { RunResults } from '../../../shared/model/results.ts';

export interface VerifyScriptFacts {
  /** What the report is about, for the first lines. */
  subject: string;
  image: ImageRecord | null;
  results: RunResults | null;
}

const END = 'END-OF-LIST';

/** The same facts give the same text. */
export function formatVerifyScript({ subject, image, results }: VerifyScriptFacts): string {
  const disks = image?.disks ?? [];
  const packages = (results?.outputs ?? []).filter(({ layer }) => layer === 'package');
  const usage = [
    ...disks.map(({ file }) => `DISK ${file}`),
    ...(packages.length > 0 ? ['PACKAGES-FOLDER'] : []),
  ];
  const parts = [
    ...disks.map(({ file, regions }) => ({
      file,
      lines: regions.flatMap(({ offsetBytes, lengthBytes, sha256, name, distfile }) =>
        sha256 === null ? [] : [`${sha256} ${offsetBytes} ${lengthBytes} ${distfile ?? name}`],
      ),
    })),
  ];
  return [
    '#!/bin/sh',
    `# Checks by hand what Seedbed reports about ${oneLine(subject)}. Read it first: it is short, and it is all there is.`,
    `# Usage: sh verify.sh ${usage.join(' ')}      ("-" leaves one out)`,
    'set -u',
    'right=0 wrong=0',
    'sum() { { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-64; }',
    '# judge WANTED GOT NAME',
    'judge() {',
    '  if [ "$1" = "$2" ]; then right=$((right + 1)); else wrong=$((wrong + 1)); echo "DIFFERS: $3 ($2 instead of $1)"; fi',
    '}',
    '',
    ...parts.flatMap((part) => diskLines(part)),
    ...(packages.length > 0 ? packageLines(packages.map(({ name, sha256 }) => `${sha256} ${name}`)) : []),
    'echo "$right equal, $wrong different"',
    '[ "$wrong" -eq 0 ] && [ "$right" -gt 0 ]',
    '',
  ].join('\n');
}

/** A region: `tail -c +N` counts from 1. */
function diskLines({ file, lines }: { file: string; lines: readonly string[] }): string[] {
  return [
    `disk=\${1:--}; [ $# -gt 0 ] && shift   # ${file}`,
    'if [ "$disk" != - ]; then',
    '  while read -r want offset length name; do',
    '    got=$(tail -c "+$((offset + 1))" "$disk" | head -c "$length" | sum)',
    '    judge "$want" "$got" "$disk at byte $offset: $name"',
    `  done <<'${END}'`,
    ...lines.map(oneLine),
    END,
    'fi',
    '',
  ];
}

function packageLines(lines: readonly string[]): string[] {
  return [
    'folder=${1:--}   # the packages, as they lie in /external/repo',
    'if [ "$folder" != - ]; then',
    '  while read -r want name; do',
    '    if [ -f "$folder/$name" ]; then judge "$want" "$(sum < "$folder/$name")" "$name"; else judge "$want" "no file" "$name"; fi',
    `  done <<'${END}'`,
    ...lines.map(oneLine),
    END,
    'fi',
    '',
  ];
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
