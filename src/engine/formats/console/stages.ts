// The stages of a run and where they begin in its log: firmware, loading, stage0, seed, then one for each /steps/N.sh.
// Source: live-bootstrap 984b8322; eras as in docs/ARCHITECTURE.md, "Console".
import type { ConsoleReport } from '../../../shared/model/console.ts';
import type { TimelineStage } from '../../../shared/model/timeline.ts';
import type { ExpectedSteps } from './step-list.ts';
import type { StepTrace } from './step-traces.ts';

export interface PlacedStage {
  id: string;
  label: string;
  state: TimelineStage['state'];
  startOffset: number | null;
  endOffset: number | null;
}

type Script = ExpectedSteps['scripts'][number];

const EARLY: readonly { id: string; label: string; marks: readonly string[] }[] = [
  { id: 'firmware', label: 'Firmware and boot sector', marks: ['firmware', 'boot-disk'] },
  {
    id: 'load',
    label: 'builder-hex0 loads the source stream',
    marks: ['src-first', 'stream-loaded', 'seeds-compiled'],
  },
  { id: 'stage0', label: 'stage0: from the seed to a small C compiler', marks: ['stage0-start'] },
  { id: 'seed', label: 'Seed: configurator and script-generator', marks: ['live-bootstrap', 'seed'] },
];

export function placeStages(
  report: ConsoleReport,
  traces: readonly StepTrace[],
  scripts: readonly Script[],
): PlacedStage[] {
  if (report.bootCheck !== null) return [];
  const from = scripts[0]?.kernel === 'builder-hex0' || scripts.length === 0 ? 0 : 2;
  const offsetOf = (id: string): number | null =>
    report.milestones.find((one) => one.id === id)?.offset ?? null;
  const found = [
    ...EARLY.slice(from).map(({ id, label, marks }) => ({
      id,
      label,
      startOffset: least(marks.map(offsetOf)),
    })),
    ...scriptsOf(scripts, traces).map((script, index, all) => {
      const before = all[index - 1];
      const booted = before !== undefined && before.kernel !== script.kernel ? offsetOf(script.kernel) : null;
      const first = traces.find(
        ({ step, startOffset }) => step.script === script.number && startOffset !== null,
      );
      const startOffset = least([offsetOf(`script:${script.number}`), first?.startOffset ?? null, booted]);
      return { id: `script:${script.number}`, label: labelOf(script, traces), startOffset };
    }),
  ];
  const finished = offsetOf('finished');
  const last = found.findLastIndex(({ startOffset }) => startOffset !== null);
  return found.map((stage, index) => {
    const next = found.slice(index + 1).find(({ startOffset }) => startOffset !== null)?.startOffset ?? null;
    const endOffset = stage.startOffset === null ? null : (next ?? (index === last ? finished : null));
    return { ...stage, endOffset, state: stateOf(index, last, report, finished) };
  });
}

function stateOf(
  index: number,
  last: number,
  report: ConsoleReport,
  finished: number | null,
): TimelineStage['state'] {
  if (index < last || finished !== null) return 'done';
  if (index > last) return 'waiting';
  return report.failure === null ? 'running' : 'failed';
}

/** The scripts of the list, or those that the log shows. */
function scriptsOf(scripts: readonly Script[], traces: readonly StepTrace[]): readonly Script[] {
  if (scripts.length > 0) return scripts;
  const numbers = [...new Set(traces.map(({ step }) => step.script))].sort((a, b) => a - b);
  return numbers.map((number) => ({ number, shell: 'bash', kernel: 'linux' }));
}

function labelOf({ number, shell, kernel }: Script, traces: readonly StepTrace[]): string {
  const own = traces.filter(({ step }) => step.script === number);
  if (own.length > 0 && own.every(({ step }) => step.directive === 'jump'))
    return `Moving to the disk (/steps/${number}.sh)`;
  const names = { 'builder-hex0': 'builder-hex0', fiwix: 'Fiwix', linux: 'Linux', host: 'the host’s kernel' };
  return `${shell} under ${names[kernel]} (/steps/${number}.sh)`;
}

function least(offsets: readonly (number | null)[]): number | null {
  const known = offsets.filter((offset) => offset !== null);
  return known.length === 0 ? null : Math.min(...known);
}
