// The tools of stage0 that a run made, by the name that upstream's x86.answers gives them: what the two-root check is held against.
import type { RunResults } from '../../shared/model/results.ts';

/** Those that were found and hashed, on its disk or in the folder of its sandbox; what only the console tells is not among them. */
export function stage0Sums({ outputs }: Pick<RunResults, 'outputs'>): Map<string, string> {
  return new Map(
    outputs.flatMap(({ layer, name, found }) =>
      layer === 'stage0' && found !== null ? [[name, found.sha256]] : [],
    ),
  );
}
