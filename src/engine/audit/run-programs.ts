// The chain from hex0-seed to the first C compiler in Seedbed's interpreter: each program is run on the text of the next, and what it makes
// is the next. Nothing of it is executed by this computer.
import { setImmediate } from 'node:timers/promises';
import type { AuditedProgramId } from '../../shared/model/audit.ts';
import { type ProgramRun, runProgramFile } from '../formats/seed/i386-run.ts';

export interface ChainRun {
  id: AuditedProgramId;
  /** What the chain made; null: the run before it did not end well. */
  made: Uint8Array | null;
  /** The run that made it. */
  by: AuditedProgramId;
  run: ProgramRun;
}

export interface ChainRuns {
  made: ChainRun[];
  /** All runs of a program, whatever they made. */
  runsOf(id: AuditedProgramId): ProgramRun[];
}

export interface ChainInputs {
  seed: Uint8Array;
  kaemSeed: Uint8Array;
  /** Texts by the program that they make; `header` is what catm puts before M0 and cc_x86. */
  texts: Readonly<
    Record<'hex0' | 'kaem' | 'hex1' | 'hex2-0' | 'catm' | 'M0' | 'cc_x86' | 'header', Uint8Array>
  >;
  /** A C program for cc_x86 to compile. */
  program: Uint8Array;
}

const STEP_LIMIT = 400_000_000;
const MEMORY_LIMIT_BYTES = 192 * 2 ** 20;

export async function runChain(
  { seed, kaemSeed, texts, program }: ChainInputs,
  { signal, onStep }: { signal?: AbortSignal | undefined; onStep?: (id: AuditedProgramId) => void } = {},
): Promise<ChainRuns> {
  const made: ChainRun[] = [];
  const runs = new Map<AuditedProgramId, ProgramRun[]>();

  async function run(
    by: AuditedProgramId,
    machineCode: Uint8Array | null,
    inputs: readonly (Uint8Array | null)[],
    options: { outputFirst?: boolean; fork?: 'parent' | 'child' } = {},
  ): Promise<{ run: ProgramRun; output: Uint8Array | null }> {
    await setImmediate();
    signal?.throwIfAborted();
    const given = inputs.filter((input) => input !== null);
    const names = given.map((_, index) => `in${index}`);
    const args = options.outputFirst === true ? [by, 'out', ...names] : [by, ...names, 'out'];
    const whole = machineCode !== null && given.length === inputs.length;
    const result = runProgramFile(whole ? machineCode : new Uint8Array(), {
      args,
      files: Object.fromEntries(given.map((bytes, index) => [`in${index}`, bytes])),
      fork: options.fork ?? 'parent',
      stepLimit: STEP_LIMIT,
      memoryLimitBytes: MEMORY_LIMIT_BYTES,
      signal,
    });
    runs.set(by, [...(runs.get(by) ?? []), result]);
    const good = result.ending === 'exit' && result.status === 0;
    return { run: result, output: good ? (result.files.get('out') ?? null) : null };
  }

  async function make(
    id: AuditedProgramId,
    by: AuditedProgramId,
    machineCode: Uint8Array | null,
    inputs: readonly (Uint8Array | null)[],
  ): Promise<Uint8Array | null> {
    onStep?.(id);
    const { run: result, output } = await run(by, machineCode, inputs);
    made.push({ id, by, made: output, run: result });
    return output;
  }

  const hex0 = await make('hex0', 'hex0', seed, [texts.hex0]);
  await make('kaem', 'hex0', hex0, [texts.kaem]);
  const hex1 = await make('hex1', 'hex0', hex0, [texts.hex1]);
  const hex2 = await make('hex2-0', 'hex1', hex1, [texts['hex2-0']]);
  const catm = await make('catm', 'hex2-0', hex2, [texts.catm]);
  const withHeader = async (text: Uint8Array | null): Promise<Uint8Array | null> =>
    (await run('catm', catm, [texts.header, text], { outputFirst: true })).output;
  const m0 = await make('M0', 'hex2-0', hex2, [await withHeader(texts.M0)]);
  onStep?.('cc_x86');
  const { output: expanded } = await run('M0', m0, [texts.cc_x86]);
  const compiler = await make('cc_x86', 'hex2-0', hex2, [await withHeader(expanded)]);
  await run('cc_x86', compiler, [program]);
  // As parent it waits for the command; as child it becomes the command.
  for (const fork of ['parent', 'child'] as const)
    await run('kaem', kaemSeed, [encode('/in1 first # second\n')], { fork });
  return { made, runsOf: (id) => runs.get(id) ?? [] };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
