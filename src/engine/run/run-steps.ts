// The steps that a run will go through: read out of its own boot image at the start and kept beside it as steps.json, so that they outlive image and checkout.
// Source of the paths in an image: live-bootstrap 984b8322, lib/generator.py (steps lies in the root).
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { type Goal, goalStep } from '../../shared/model/console.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { StepList, type Timeline } from '../../shared/model/timeline.ts';
import { replaceFile } from '../atomic-file.ts';
import { type OpenSource, readBytes } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { lookUp } from '../ext/ext-tree.ts';
import { parseBootstrapVariables } from '../formats/bootstrap-variables.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { type ExpectedSteps, expectedSteps, stepListOf } from '../formats/console/step-list.ts';
import { readBootHead } from '../image-reading/boot-map.ts';
import { openDisk } from '../image-reading/disk-layout.ts';
import { scanStream } from '../image-reading/scan-stream.ts';
import { readResource } from '../image/resources.ts';
import { type RunFolder, runFolderAt } from './run-folder.ts';

export interface RunSteps {
  expected: ExpectedSteps;
  source: Timeline['source'];
}

const NO_STEPS: RunSteps = { expected: { steps: [], scripts: [] }, source: 'log' };
/** steps/manifest has 9 KB. */
const LONGEST_TEXT_BYTES = 1_048_576;

/** Null for what holds no manifest that can be read: the boot check, say, or a checkout with faults, which the machine will tell. */
export async function readImageSteps(
  imagePath: string,
  { kind, checkout }: Pick<ImageRecord, 'kind' | 'checkout'>,
): Promise<StepList | null> {
  if (kind === 'boot-check') return null;
  try {
    return await withSource(imagePath, async (source) => {
      // A supplied kernel finds the steps in its root, and goes through those that are not for builder-hex0 alone.
      const read = kind === 'kernel' ? await openRoot(source) : await openStream(source);
      const [manifest, configuration] = [await read('steps/manifest'), await read('steps/bootstrap.cfg')];
      if (manifest === null || configuration === null) return null;
      return StepList.parse(
        stepListOf(manifest, parseBootstrapVariables(configuration), checkout?.commit ?? null),
      );
    });
  } catch {
    return null;
  }
}

type ReadText = (path: string) => Promise<string | null>;

async function openStream(source: OpenSource): Promise<ReadText> {
  const head = await readBootHead(source);
  if (head.isBootCheck) return () => Promise.resolve(null);
  const { entries } = await scanStream(source, head.streamLba * SECTOR_SIZE);
  return async (path) => {
    const entry = entries.findLast((one) => one.path === `./${path}`);
    if (entry === undefined || entry.sizeBytes > LONGEST_TEXT_BYTES) return null;
    return new TextDecoder().decode(await readBytes(source, entry.payloadAtBytes, entry.sizeBytes));
  };
}

async function openRoot(source: OpenSource): Promise<ReadText> {
  const { parts } = await openDisk(source);
  const reader = parts.find((part) => part.reader !== null)?.reader ?? null;
  return async (path) => {
    if (reader === null) return null;
    const { inode } = await lookUp(reader, `/${path}`);
    if (inode.kind !== 'file' || inode.sizeBytes > LONGEST_TEXT_BYTES) return null;
    return new TextDecoder().decode(await reader.read(inode, await reader.blocks(inode), 0, inode.sizeBytes));
  };
}

/** Where they cannot be written (a full disk) the known steps are taken for them. */
export async function writeRunSteps(folder: RunFolder, list: StepList | null): Promise<void> {
  if (list !== null) await replaceFile(folder.steps, `${JSON.stringify(list)}\n`).catch(() => undefined);
}

/** A goal that names a step by its words, with the step's id. Throws GOAL_STEP_UNKNOWN. */
export function resolveGoal(goal: Goal, list: StepList | null): Goal {
  const name = goalStep(goal);
  return name === null ? goal : `step:${resolveStep(list, name)}`;
}

/** The list beside the run, or that of the run that it goes on from; else what is known of live-bootstrap. */
export async function readRunSteps(
  folder: RunFolder,
  record: Pick<RunRecord, 'goal' | 'resumedFrom' | 'image'>,
): Promise<RunSteps> {
  if (record.image.kind === 'boot-check') return NO_STEPS;
  const earlier =
    record.resumedFrom === null ? [] : [runFolderAt(dirname(folder.path), record.resumedFrom.run)];
  for (const { steps } of [folder, ...earlier]) {
    const list = await readList(steps);
    if (list !== null) return { expected: expectedSteps(list), source: 'image' };
  }
  return knownSteps().catch(() => NO_STEPS);
}

async function readList(path: string): Promise<StepList | null> {
  try {
    return StepList.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

let known: Promise<RunSteps> | null = null;

/** Of the known commit of live-bootstrap, as it is run most: for logs whose manifest nobody has. Throws NOT_FOUND where nothing ships. */
export function knownSteps(): Promise<RunSteps> {
  known ??= readResource('known-steps.json').then((text) => ({
    expected: expectedSteps(StepList.parse(JSON.parse(text))),
    source: 'known',
  }));
  return known;
}

/** `tcc-0.9.27` (its first build), `tcc-0.9.27:2`, `improve:swap`, `jump:linux`, or an id as the timeline shows it. Throws GOAL_STEP_UNKNOWN. */
function resolveStep(list: StepList | null, name: string): string {
  const steps = list === null ? [] : expectedSteps(list).steps;
  const found = steps.find(({ id }) => id === name || id === `build:${name}` || id === `build:${name}:1`);
  if (found !== undefined) return found.id;
  const pass = steps.find(({ directive, argument }) => directive === 'build' && argument === name);
  if (pass !== undefined) return pass.id;
  const near = steps.filter(({ id }) => id.includes(name.replace(/[-:].*$/, ''))).map(({ id }) => id);
  throw new SeedbedError('GOAL_STEP_UNKNOWN', {
    step: name.slice(0, 200),
    near: near
      .slice(0, 5)
      .map((id) => id.replace(/^build:/, ''))
      .join(', '),
  });
}
