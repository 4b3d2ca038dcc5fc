// The distfiles that a checkout asks for, from the `sources` files of its steps.
// Source: live-bootstrap 984b8322, lib/generator.py (get_source_manifest: built steps), mirror.sh (all steps; how a git source is taken apart).
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { GitSnapshot, WantedDistfile } from '../../shared/model/distfile.ts';
import { parseSourcesFile, type SourceLine } from '../formats/sources-file.ts';
import { type Directive, parseStepManifest, preNetworkBuilds } from '../formats/step-manifest.ts';
import { atPath } from '../os-errors.ts';
import type { Checkout } from './checkout.ts';
import { readText } from './read-text.ts';

const MANIFEST = 'steps/manifest';

/** What the manifest's builds need, in the order in which it first needs them; conditions are not looked at, as upstream. Throws CHECKOUT_UNREADABLE. */
export async function wantedDistfiles(checkout: Pick<Checkout, 'path'>): Promise<WantedDistfile[]> {
  return collectDistfiles(checkout, await readManifest(checkout));
}

/** What a mirror holds: the sources of every step folder, also of those that are not built. */
export async function allDistfiles(checkout: Pick<Checkout, 'path'>): Promise<WantedDistfile[]> {
  const wanted = new Map<string, WantedDistfile>();
  const steps = join(checkout.path, 'steps');
  const folders = await atPath(steps, () => readdir(steps, { withFileTypes: true }));
  const early = new Set(
    (await wantedDistfiles(checkout)).flatMap((file) => (file.preNetwork ? file.name : [])),
  );
  for (const { name: step } of folders.filter((entry) => entry.isDirectory()).sort(byName))
    for (const source of await readStepSources(checkout, step))
      addSource(wanted, source, step, early.has(source.name));
  return [...wanted.values()];
}

export async function readManifest(checkout: Pick<Checkout, 'path'>): Promise<Directive[]> {
  return parseStepManifest(await readText(checkout.path, MANIFEST), MANIFEST);
}

export async function collectDistfiles(
  checkout: Pick<Checkout, 'path'>,
  directives: readonly Directive[],
): Promise<WantedDistfile[]> {
  const early = new Set(preNetworkBuilds(directives).map(({ line }) => line));
  const wanted = new Map<string, WantedDistfile>();
  const sources = new Map<string, SourceLine[]>();
  for (const directive of directives) {
    if (directive.kind !== 'build') continue;
    const { step, line } = directive;
    const known = sources.get(step) ?? (await readStepSources(checkout, step));
    sources.set(step, known);
    for (const source of known) addSource(wanted, source, step, early.has(line));
  }
  return [...wanted.values()];
}

/** A step without sources has no such file. */
async function readStepSources(checkout: Pick<Checkout, 'path'>, step: string): Promise<SourceLine[]> {
  const file = `steps/${step}/sources`;
  try {
    return parseSourcesFile(await readText(checkout.path, file), file);
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

/** Lines of the same name are one file with several addresses. */
function addSource(
  wanted: Map<string, WantedDistfile>,
  source: SourceLine,
  step: string,
  preNetwork: boolean,
): void {
  const { name, sha256, url, line } = source;
  const file = wanted.get(name) ?? { name, sha256, urls: [], git: null, steps: [], preNetwork };
  if (file.sha256 !== sha256)
    throw new SeedbedError('CHECKOUT_UNREADABLE', {
      file: `steps/${step}/sources`,
      line,
      reason: `${name} has another sha256 here than in steps/${file.steps[0] ?? ''}/sources`,
    });
  if (url !== null && !file.urls.includes(url)) file.urls.push(url);
  if (!file.steps.includes(step)) file.steps.push(step);
  file.git ??= parseGitSource(source.repository);
  file.preNetwork ||= preNetwork;
  wanted.set(name, file);
}

/** `https://host/repository.git~reference`: split at the last ~. */
function parseGitSource(text: string | null): GitSnapshot | null {
  const at = text?.lastIndexOf('~') ?? -1;
  return text === null || at <= 0 ? null : { repo: text.slice(0, at), ref: text.slice(at + 1) };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
