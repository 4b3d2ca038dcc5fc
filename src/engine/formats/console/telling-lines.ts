// Which lines of a failed step say why: compilers, make, configure, shells and kernels have few ways to complain.
// After GNU make 3.82 (`*** […] Error N`), autoconf (`configure: error:`), gcc and tcc (`error:`), Linux 4.14 mm/oom_kill.c, Fiwix v1.5.0-lb1 mm/page.c.
import type { Evidence } from '../../../shared/model/console.ts';
import type { History } from './history.ts';

const TELLING = new RegExp(
  [
    '\\berror: ',
    '\\b(?:fatal|internal compiler) error\\b',
    '\\*\\*\\* ',
    '\\bundefined (?:reference|symbol)',
    '\\b(?:Segmentation fault|Bus error|Illegal instruction|Floating point exception)\\b',
    '\\bKilled\\b',
    ': command not found$',
    ": (?:cannot|can't|Cannot|Can't) ",
    ': (?:No such file or directory|Permission denied|Read-only file system|Input/output error)$',
    'Hunk #\\d+ FAILED',
    '^curl: \\(\\d+\\)',
    '\\bcall trace\\b|\\bOops\\b|\\bBUG: |page_head returned NULL',
  ].join('|'),
  'i',
);
const HARMLESS = /^checking |\bno error|-Werror|-Wno-error|\(ignored\)$/;

/** A process was killed, or a compiler gave up, for want of memory. */
const MEMORY =
  /\bOut of memory: Kill|\binvoked oom-killer\b|OOM killer needed|: out of memory and swapping|virtual memory exhausted|Cannot allocate memory|\bout of memory allocating\b|\bKilled \(program |fatal error: Killed signal|MemoryError/;

const MOST = 8;
/** Lines of what stood before the first complaint. */
const BEFORE = 3;
const LAST = 4;

export interface Clues {
  /** Oldest first. */
  lines: Evidence[];
  memory: boolean;
  /** Where the part of the log begins that is worth reading. */
  from: number;
}

/** Search [from, to) backwards; when nothing tells, the last lines stand for it. */
export function findClues(history: History, from: number, to: number): Clues {
  const last: Evidence[] = [];
  const telling: Evidence[] = [];
  const memory: Evidence[] = [];
  let before = 0;
  let begin = to;
  history.backwards(from, to, (line) => {
    if (last.length < LAST) last.push(line);
    if (MEMORY.test(line.text)) memory.push(line);
    if (telling.length < MOST && TELLING.test(line.text) && !HARMLESS.test(line.text)) {
      telling.push(line);
      begin = line.offset;
      before = BEFORE;
    } else if (before > 0) {
      before -= 1;
      begin = line.offset;
    }
    return memory.length < 3;
  });
  const lines = [...memory, ...telling, ...last].sort((a, b) => a.offset - b.offset);
  const first = Math.min(begin, ...lines.map(({ offset }) => offset));
  return {
    lines: lines.filter(({ offset }, index) => offset !== lines[index - 1]?.offset),
    memory: memory.length > 0,
    from: first,
  };
}
