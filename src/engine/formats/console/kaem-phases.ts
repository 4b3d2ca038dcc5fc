// The part of a kaem build that a command belongs to. kaem's scripts have no words for it; their commands do.
// Source: live-bootstrap 984b8322, steps/*/pass1.kaem of the 17 packages that kaem builds.
import type { BuildPhase } from '../../../shared/model/timeline.ts';
import { textOf } from './bytes.ts';
import type { ReaderState } from './state.ts';

const PHASES: ReadonlyMap<string, BuildPhase> = new Map([
  ['checksum-transcriber', 'getting sources'],
  ['unbz2', 'unpacking source'],
  ['ungz', 'unpacking source'],
  ['unxz', 'unpacking source'],
  ['untar', 'unpacking source'],
  ['gzip', 'unpacking source'],
  ['bzip2', 'unpacking source'],
  ['tar', 'unpacking source'],
  ['simple-patch', 'preparing source'],
  ['patch', 'preparing source'],
  ['M2-Mesoplanet', 'compiling source'],
  ['mes-m2', 'compiling source'],
  ['tcc', 'compiling source'],
  ['tcc-mes', 'compiling source'],
  ['tcc-0.9.26', 'compiling source'],
  ['kaem', 'compiling source'],
  ['make', 'compiling source'],
]);
const WORD_LENGTH = 24;
const SPACE = 0x20;

/** `from`, `to`: the command in `state.line`, without what kaem puts around it. */
export function readKaemPhase(state: ReaderState, from: number, to: number): void {
  const trace = state.steps.running();
  if (trace === null) return;
  const { bytes, offset } = state.line;
  let end = from;
  while (end < to && end - from < WORD_LENGTH && bytes[end] !== SPACE) end += 1;
  const word = textOf(bytes, from, end, WORD_LENGTH);
  if (word === 'cd') {
    if (textOf(bytes, from, to, 6) === 'cd ..') state.steps.leaveFolder(offset);
    return;
  }
  if (trace.step.directive !== 'build') return;
  if (word === 'sha256sum') {
    const isSource = textOf(bytes, from, to, 100).endsWith('sources.SHA256SUM');
    state.steps.phaseHere(isSource ? 'getting sources' : 'checksumming created package', offset);
    return;
  }
  const phase = PHASES.get(word);
  // kaem calls itself for the pass: that is the beginning, not yet compiling.
  if (phase !== undefined && trace.startOffset !== offset && !(word === 'kaem' && trace.phases.length === 0))
    state.steps.phaseHere(phase, offset);
}
