// What became of each expected output: the console's checks and the disk's files against upstream's list. Pure.
import type { ExpectedOutput, OutputState, OutputTotals, ResultOutput } from '../../shared/model/results.ts';
import type { OutputBuild, OutputCheck, OutputLines } from '../formats/output-lines.ts';

export interface FoundFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

export interface RunFacts {
  log: OutputLines;
  /** On the disk, by the name that upstream's list has. */
  found: ReadonlyMap<string, FoundFile>;
  /** With UPDATE_CHECKSUMS=True nothing is compared in the machine (steps/helpers.sh, src_checksum). */
  updatesChecksums: boolean;
}

/** Every expected output with its state, in the same order. */
export function accountOutputs(expected: readonly ExpectedOutput[], facts: RunFacts): ResultOutput[] {
  const checks = assignChecks(expected, facts.log.checks);
  const builds = assignBuilds(expected, facts.log.builds);
  return expected.map((output) => {
    const check = checks.get(output);
    const build = builds.get(output);
    // A package that the disk has is looked up by its name; only what the console names by a path can be found twice.
    const found = facts.found.get(output.name) ?? null;
    const over = build !== undefined || check !== undefined;
    return {
      ...output,
      state: stateOf(output, { check, found, over, updates: facts.updatesChecksums }),
      console: check === undefined ? null : { ok: check.ok, offset: check.offset },
      prebuilt: build?.prebuilt ?? false,
      found,
    };
  });
}

/** tcc-0.9.26 and tcc-0.9.27 both check /usr/bin/tcc: the first line is the first one's. One more line than outputs is about the last. */
function assignChecks(
  expected: readonly ExpectedOutput[],
  checks: readonly OutputCheck[],
): Map<ExpectedOutput, OutputCheck> {
  const waiting = groupBy(expected, ({ name }) => name);
  const assigned = new Map<ExpectedOutput, OutputCheck>();
  for (const check of checks) {
    const outputs = waiting.get(check.name);
    const output = outputs !== undefined && outputs.length > 1 ? outputs.shift() : outputs?.[0];
    if (output !== undefined) assigned.set(output, check);
  }
  return assigned;
}

/** What installs a prebuilt package does not name the pass: it is the next one. */
function assignBuilds(
  expected: readonly ExpectedOutput[],
  builds: readonly OutputBuild[],
): Map<ExpectedOutput, OutputBuild> {
  const steps = groupBy(
    expected.filter(({ layer }) => layer === 'package'),
    ({ step }) => step ?? '',
  );
  const assigned = new Map<ExpectedOutput, OutputBuild>();
  for (const build of builds) {
    const outputs = steps.get(build.step) ?? [];
    const output =
      build.pass === null
        ? outputs.find((one) => !assigned.has(one))
        : outputs.find(({ pass }) => pass === build.pass);
    if (output !== undefined) assigned.set(output, build);
  }
  return assigned;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * A package is never written again, so what is on the disk counts. Programs of the layers below are replaced by later builds: other bytes
 * on the disk say nothing then, the same bytes do.
 */
function stateOf(
  { layer, sha256 }: ExpectedOutput,
  seen: { check: OutputCheck | undefined; found: FoundFile | null; over: boolean; updates: boolean },
): OutputState {
  const { check, found, over, updates } = seen;
  if (found?.sha256 === sha256) return 'equal';
  if (found !== null && layer === 'package') return 'different';
  if (check !== undefined) return check.ok ? 'seen' : 'different';
  return over && !updates ? 'missing' : 'unchecked';
}

export function totalOutputs(outputs: readonly ResultOutput[]): OutputTotals {
  const count = (state: OutputState): number => outputs.filter((output) => output.state === state).length;
  return {
    expected: outputs.length,
    equal: count('equal'),
    seen: count('seen'),
    different: count('different'),
    missing: count('missing'),
    unchecked: count('unchecked'),
  };
}
