// The distfiles that the machine needs before it has a network: they travel in the boot image.
import { join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { parseSourcesFile, type SourceLine } from '../formats/sources-file.ts';
import { parseStepManifest, preNetworkBuilds } from '../formats/step-manifest.ts';
import { stat } from 'node:fs/promises';
import type { Checkout, Distfile } from './checkout.ts';
import { readText } from './read-text.ts';

/** In the order in which the manifest first needs them. Throws CHECKOUT_UNREADABLE. */
export async function readPreNetworkDistfiles(checkout: Pick<Checkout, 'path'>): Promise<Distfile[]> {
  const manifest = 'steps/manifest';
  const directives = parseStepManifest(await readText(checkout.path, manifest), manifest);
  const distfiles = new Map<string, Distfile>();
  for (const { step, line } of preNetworkBuilds(directives)) {
    const isFolder = await stat(join(checkout.path, 'steps', step)).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder)
      throw new SeedbedError('CHECKOUT_UNREADABLE', {
        file: manifest,
        line,
        reason: `there is no folder steps/${step}`,
      });
    const file = `steps/${step}/sources`;
    for (const source of parseSourcesFile(await readSources(checkout.path, file), file))
      addSource(distfiles, source, step, file);
  }
  return [...distfiles.values()];
}

/** A step without sources has no such file. */
async function readSources(root: string, file: string): Promise<string> {
  try {
    return await readText(root, file);
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'NOT_FOUND') return '';
    throw error;
  }
}

function addSource(distfiles: Map<string, Distfile>, source: SourceLine, step: string, file: string): void {
  const { name, sha256, url, line } = source;
  const known = distfiles.get(name) ?? { name, sha256, urls: [], steps: [] };
  if (known.sha256 !== sha256)
    throw new SeedbedError('CHECKOUT_UNREADABLE', {
      file,
      line,
      reason: `${name} has another sha256 here than in steps/${known.steps[0] ?? ''}/sources`,
    });
  if (url !== null && !known.urls.includes(url)) known.urls.push(url);
  if (!known.steps.includes(step)) known.steps.push(step);
  distfiles.set(name, known);
}
