// Two runs side by side: their inputs, their outputs by hash, their steps by time. Pure.
// Rules: reference of upstream's own reproducibility work: different inputs are not comparable, the first output that differs explains the later ones, and
// upstream's list is a claim, not a third party.
import type { ImageRecord } from '../../shared/model/image.ts';
import type {
  OutputComparison,
  ResultOutput,
  RunComparison,
  RunResults,
  StepComparison,
} from '../../shared/model/results.ts';
import type { RunRecord } from '../../shared/model/run.ts';

export interface ComparedRun {
  record: RunRecord;
  image: ImageRecord;
  results: RunResults;
  /** Steps that are over, with how long they took. */
  steps: readonly { id: string; title: string; milliseconds: number | null }[];
}

export function compareRuns(a: ComparedRun, b: ComparedRun): RunComparison {
  const outputs = compareOutputs(a.results, b.results);
  const count = (verdict: OutputComparison['verdict']): number =>
    outputs.filter((output) => output.verdict === verdict).length;
  return {
    a: sideOf(a),
    b: sideOf(b),
    sameInputs: a.image.inputDigest === b.image.inputDigest,
    inputDifferences: inputDifferences(a, b),
    counts: {
      same: count('same'),
      differs: count('differs'),
      onlyA: count('only-a'),
      onlyB: count('only-b'),
      unknown: count('unknown'),
    },
    firstDifference: outputs.find(({ verdict }) => verdict === 'differs') ?? null,
    outputs,
    steps: compareSteps(a.steps, b.steps),
  };
}

function sideOf({ record, image }: ComparedRun): RunComparison['a'] {
  return { run: record.id, assisted: record.assisted !== null, inputDigest: image.inputDigest };
}

/** Outputs of both in the order of A, then those that only B has. */
function compareOutputs(a: RunResults, b: RunResults): OutputComparison[] {
  const theirs = new Map(b.outputs.map((output) => [keyOf(output), output]));
  const mine = new Set(a.outputs.map(keyOf));
  const extraA = extraPackages(a);
  const extraB = extraPackages(b);
  return [
    ...a.outputs.map((output) => compareOutput(output, theirs.get(keyOf(output)) ?? null)),
    ...b.outputs
      .filter((output) => !mine.has(keyOf(output)))
      .map((output) => swap(compareOutput(output, null))),
    ...[...new Set([...extraA.keys(), ...extraB.keys()])]
      .sort()
      .map((name) =>
        compareHashes({ name, layer: null, step: null, pass: null }, extraA.get(name), extraB.get(name)),
      ),
  ];
}

function keyOf({ layer, name, step, pass }: ResultOutput): string {
  return [layer, name, step, pass].join(' ');
}

function extraPackages({ files }: RunResults): Map<string, string> {
  return new Map(
    files
      .filter(({ what }) => what === 'extra-package')
      .map(({ path, sha256 }) => [path.slice(path.lastIndexOf('/') + 1), sha256]),
  );
}

/** What the bytes were, as far as anybody looked. */
function hashOf({ found, state, sha256, layer }: ResultOutput): string | null {
  if (state === 'equal' || state === 'seen') return sha256;
  return layer === 'package' ? (found?.sha256 ?? null) : null;
}

function compareOutput(a: ResultOutput, b: ResultOutput | null): OutputComparison {
  const about = { name: a.name, layer: a.layer, step: a.step, pass: a.pass };
  const [left, right] = [hashOf(a), b === null ? null : hashOf(b)];
  // A check that failed tells that the bytes differ from the other's good ones, though not what they are.
  const bad = a.state === 'different' || b?.state === 'different';
  if (bad && left !== right && (left === null || right === null) && b !== null)
    return { ...about, verdict: left === null && right === null ? 'unknown' : 'differs', a: left, b: right };
  return compareHashes(about, left ?? undefined, right ?? undefined);
}

function compareHashes(
  about: Pick<OutputComparison, 'name' | 'layer' | 'step' | 'pass'>,
  a: string | undefined,
  b: string | undefined,
): OutputComparison {
  const verdict =
    a === undefined && b === undefined
      ? 'unknown'
      : b === undefined
        ? 'only-a'
        : a === undefined
          ? 'only-b'
          : a === b
            ? 'same'
            : 'differs';
  return { ...about, verdict, a: a ?? null, b: b ?? null };
}

function swap(output: OutputComparison): OutputComparison {
  const verdict = output.verdict === 'only-a' ? 'only-b' : output.verdict;
  return { ...output, verdict, a: output.b, b: output.a };
}

function inputDifferences(a: ComparedRun, b: ComparedRun): string[] {
  const differences: string[] = [];
  const tell = (what: string, left: string, right: string): void => {
    if (left !== right) differences.push(`${what}: ${left} against ${right}`);
  };
  tell('kind', a.image.kind, b.image.kind);
  tell('commit', commitOf(a.image), commitOf(b.image));
  tell('image goal', a.image.goal, b.image.goal);
  const [cfgA, cfgB] = [cfgOf(a.image), cfgOf(b.image)];
  for (const name of new Set([...cfgA.keys(), ...cfgB.keys()]))
    tell(`bootstrap.cfg ${name}`, cfgA.get(name) ?? 'not set', cfgB.get(name) ?? 'not set');
  const [filesA, filesB] = [distfilesOf(a.image), distfilesOf(b.image)];
  const changed = [...new Set([...filesA.keys(), ...filesB.keys()])].filter(
    (name) => filesA.get(name) !== filesB.get(name),
  );
  if (changed.length > 0)
    differences.push(
      `distfiles: ${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ` and ${changed.length - 5} more` : ''}`,
    );
  tell('overlays', overlaysOf(a.image), overlaysOf(b.image));
  tell('memory', `${a.record.memoryMiB} MiB`, `${b.record.memoryMiB} MiB`);
  tell('processors', String(a.record.cores), String(b.record.cores));
  tell('accelerator', a.record.accelerator.used ?? 'none', b.record.accelerator.used ?? 'none');
  tell('QEMU', a.record.qemu?.version ?? 'none', b.record.qemu?.version ?? 'none');
  return differences;
}

function commitOf({ checkout }: ImageRecord): string {
  return checkout?.commit ?? 'not known';
}

function cfgOf({ bootstrapCfg }: ImageRecord): Map<string, string> {
  return new Map(
    (bootstrapCfg ?? '').split('\n').flatMap((line): [string, string][] => {
      const equals = line.indexOf('=');
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
    }),
  );
}

function distfilesOf({ distfiles }: ImageRecord): Map<string, string> {
  return new Map(distfiles.map(({ name, sha256, on }) => [name, `${sha256} ${on.join(' ')}`]));
}

function overlaysOf({ overlays }: ImageRecord): string {
  return overlays.map(({ name, digest }) => `${name} ${digest.slice(0, 12)}`).join(', ') || 'none';
}

function compareSteps(a: ComparedRun['steps'], b: ComparedRun['steps']): StepComparison[] {
  const theirs = new Map(b.map((step) => [step.id, step]));
  return a.flatMap(({ id, title, milliseconds }) => {
    const other = theirs.get(id)?.milliseconds ?? null;
    if (milliseconds === null && other === null) return [];
    return [{ id, title, aMilliseconds: milliseconds, bMilliseconds: other }];
  });
}
