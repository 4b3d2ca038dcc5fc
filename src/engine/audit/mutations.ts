// Can the checks fail? Every byte of the seed is changed to each of its 255 other values, and each check is asked again. What is dear (running
// the seed on its whole text) is done on a short text that makes it execute every instruction.
import { setImmediate } from 'node:timers/promises';
import type { MutationReport } from '../../shared/model/audit.ts';
import { compareClaim } from '../formats/seed/comment-claim.ts';
import { decodeInstruction } from '../formats/seed/i386-decode.ts';
import { type ProgramRun, runProgramFile } from '../formats/seed/i386-run.ts';
import type { CheckId } from './checks.ts';
import { type LoadedProgram, sha256Of } from './load-program.ts';
import { checkHeaderFields, checkHeaderFits, checkTargets } from './static-checks.ts';

/** Digits of both cases, both comments, what is skipped, several lines: the seed executes all of its instructions on it. */
const SHORT_TEXT = '; 0a\n# ff\n4a Fg0/9\nfF\t:@`A1';
const SHORT_STEPS = 20_000;
/** Between two looks at the signal. */
const PAUSE_EVERY = 500;

interface Facts {
  digest: string;
  run: string;
}

/** Checks that a program by itself has to pass, as yes or no for changed bytes. */
export function mutationChecks(loaded: LoadedProgram): (changed: Uint8Array, at: number) => Set<CheckId> {
  const { program, bytes, assembled, annotated } = loaded;
  const firstCode = annotated.rows.find(({ kind }) => kind === 'code')?.offset ?? 0;
  const addressesOf = (label: string): readonly number[] => annotated.labels.get(label) ?? [];
  const wanted: Facts = { digest: sha256Of(bytes), run: digestRun(shortRun(bytes)) };
  return (changed, at) => {
    const failed = new Set<CheckId>();
    if (sha256Of(changed) !== wanted.digest) failed.add('seed.known-version');
    if (changed[at] !== assembled.bytes[at]) failed.add('seed.source-bytes');
    if (checkHeaderFields(changed).state === 'failed') failed.add('seed.header-fields');
    if (checkHeaderFits(changed, program.base, firstCode).state === 'failed')
      failed.add('seed.header-consistent');
    const row = annotated.rows.find(({ offset, length }) => at >= offset && at < offset + length);
    if (row?.kind === 'code') {
      const instruction = decodeInstruction(changed, row.offset, { base: program.base });
      if (instruction?.length !== row.length) failed.add('seed.instructions-decode');
      else if (!['agrees', 'width'].includes(compareClaim(row.claim ?? '', instruction, addressesOf)))
        failed.add('seed.comments-agree');
      // Lines stay where the text has them: only this one can be another instruction now.
      const rows = annotated.rows.map((one) =>
        one === row ? { ...one, instruction: instruction?.length === row.length ? instruction : null } : one,
      );
      if (checkTargets(rows, program.base, changed.length).state === 'failed')
        failed.add('seed.targets-land');
    }
    if (digestRun(shortRun(changed)) !== wanted.run) failed.add('seed.run-identical');
    return failed;
  };
}

export async function tryMutations(
  loaded: LoadedProgram,
  {
    signal,
    onByte,
  }: { signal?: AbortSignal | undefined; onByte?: (done: number, total: number) => void } = {},
): Promise<MutationReport> {
  const { bytes } = loaded;
  const failing = mutationChecks(loaded);
  const byCheck = new Map<CheckId, number>();
  const begun = performance.now();
  let detected = 0;
  let mutations = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    onByte?.(at, bytes.length);
    for (let change = 1; change < 256; change += 1) {
      if (mutations % PAUSE_EVERY === 0) {
        await setImmediate();
        signal?.throwIfAborted();
      }
      const changed = Uint8Array.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ change;
      const failed = failing(changed, at);
      mutations += 1;
      if (failed.size > 0) detected += 1;
      for (const id of failed) byCheck.set(id, (byCheck.get(id) ?? 0) + 1);
    }
  }
  return {
    bytes: bytes.length,
    mutations,
    detected,
    byCheck: [...byCheck].map(([check, count]) => ({ check, detected: count })),
    milliseconds: performance.now() - begun,
  };
}

export function shortRun(bytes: Uint8Array): ProgramRun {
  return runProgramFile(bytes, {
    args: ['hex0', 'in', 'out'],
    files: { in: new TextEncoder().encode(SHORT_TEXT) },
    stepLimit: SHORT_STEPS,
    memoryLimitBytes: 65_536,
    outputLimitBytes: 4096,
    stackBytes: 4096,
  });
}

/** All that can be seen from outside of a run. */
function digestRun({ ending, status, calls, files, modes }: ProgramRun): string {
  const made = [...files].map(([name, bytes]) => `${name}=${Buffer.from(bytes).toString('hex')}`);
  const asked = calls.map(({ number, count }) => `${number}×${count}`);
  return [ending, status, ...asked, ...made, ...[...modes].flat()].join(' ');
}
