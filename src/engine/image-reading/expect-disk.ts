// What an external disk must hold, derived from the checkout: distfiles by the hashes in its sources files, everything else by the rules of our ext3 writer.
import { stat } from 'node:fs/promises';
import { isSeedbedError } from '../../shared/errors.ts';
import type { CheckoutFacts, ImageRecord } from '../../shared/model/image.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { Checkout } from '../checkout/checkout.ts';
import { openCheckout } from '../checkout/open-checkout.ts';
import { externalEntries } from '../image/disk-trees.ts';
import { type FoundDistfile, neededDistfiles } from '../image/find-distfiles.ts';
import type { BuildOptions, PlannedDisk } from '../image/image-plan.ts';
import { planBootstrap } from '../image/plan-bootstrap.ts';
import { planExternalDisk } from '../image/plan-external.ts';
import { PACKAGES_PATH, readPackages } from '../image/read-packages.ts';
import { openContents } from './contents.ts';
import { openDisk } from './disk-layout.ts';
import { type GivenInputs, packagesNotRecorded } from './given-inputs.ts';

export interface DiskExpectation {
  checkoutPath: string;
  record: ImageRecord | null;
  findDistfile: ((name: string, sha256: string) => Promise<string | null>) | null;
  given: GivenInputs;
}

export interface ExpectedDisk {
  facts: CheckoutFacts;
  /** Null when it cannot be planned, for want of a file's size. */
  plan: PlannedDisk | null;
  /** Distfiles that are nowhere: neither on the disk nor here. */
  missing: string[];
}

const MOST_NAMES = 100_000;

/** The external disk, or the disk for a supplied kernel when the record says so. Throws the codes of a checkout and of a plan, CANCELLED. */
export async function expectDisk(
  source: OpenSource,
  { checkoutPath, record, findDistfile, given }: DiskExpectation,
  options: BuildOptions,
): Promise<ExpectedDisk> {
  const checkout = await openCheckout(checkoutPath, options);
  const onDisk = await sizesOnDisk(source);
  const recorded = new Map(record?.distfiles.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  const early = await neededDistfiles(checkout, 'pre-network');
  const all = await neededDistfiles(checkout, 'all');
  const earlyNames = new Set(early.map(({ name }) => name));
  // Which of the two sets it was made for is told by the record, or by a file that only one of them has.
  const isWhole =
    record?.configuration?.externalSources ?? [...onDisk.keys()].some((name) => !earlyNames.has(name));
  const found: FoundDistfile[] = [];
  const missing: string[] = [];
  for (const { name, sha256, preNetwork } of isWhole ? all : early) {
    const path = (await findDistfile?.(name, sha256)) ?? null;
    const here = path === null ? null : await stat(path).catch(() => null);
    const sizeBytes = here?.isFile() === true ? here.size : (recorded.get(sha256) ?? onDisk.get(name));
    if (sizeBytes === undefined) missing.push(name);
    else {
      const place = here?.isFile() === true && path !== null ? path : '';
      found.push({
        name,
        sha256,
        sizeBytes,
        preNetwork,
        content: { kind: 'file', path: place, sizeBytes, sha256, distfile: name },
      });
    }
  }
  const { facts } = checkout;
  if (missing.length > 0) return { facts, plan: null, missing };
  if (record?.kind === 'kernel')
    return { facts, plan: await planRoot(checkout, record, found, given, options), missing };
  // Without a record the disk itself says that it has them.
  if (given.repoPath === null && (await hasPackages(source))) throw packagesNotRecorded(source.path);
  const packages = given.repoPath === null ? [] : await readPackages(given.repoPath, options);
  const sizeBytes =
    record?.disks.find(({ role }) => role === 'external')?.sizeBytes ?? (await statedSize(source));
  return { facts, plan: planExternalDisk({ entries: externalEntries(found, packages), sizeBytes }), missing };
}

/** The disk for a supplied kernel: its tree and its overlays are those of a build. */
async function planRoot(
  checkout: Checkout,
  record: ImageRecord,
  found: FoundDistfile[],
  given: GivenInputs,
  options: BuildOptions,
): Promise<PlannedDisk | null> {
  const { configuration, goal } = record;
  if (configuration === null || goal === 'boot-check') return null;
  const request = {
    kind: 'live-bootstrap' as const,
    goal,
    checkoutPath: checkout.path,
    distfiles: { from: 'folder' as const, path: checkout.path },
    configuration,
    ...given,
    overlays: [],
  };
  const overlays = record.overlays.map(({ name, origin, changes }) => ({
    name,
    origin,
    files: changes.map(({ path, sha256, sizeBytes }) => ({
      path,
      sha256,
      sizeBytes,
      isProgram: false,
      content: { kind: 'file' as const, path: '', sizeBytes, sha256, distfile: null },
    })),
  }));
  const inputs = { checkout, overlays, distfiles: { found, missing: [] } };
  const { disks } = await planBootstrap(request, inputs, options);
  return disks.find(({ role }) => role === 'root') ?? null;
}

/** Sizes by name of what lies in /distfiles; a disk too damaged to be listed has none. */
async function sizesOnDisk(source: OpenSource): Promise<Map<string, number>> {
  try {
    const contents = await openContents(source);
    const folder = await contents.get('/distfiles').catch(() => contents.get('/external/distfiles'));
    const { nodes } = await contents.children(folder, 0, MOST_NAMES);
    return new Map(nodes.map(({ name, sizeBytes }) => [Buffer.from(name).toString('utf8'), sizeBytes]));
  } catch (error) {
    if (isSeedbedError(error)) return new Map();
    throw error;
  }
}

async function hasPackages(source: OpenSource): Promise<boolean> {
  try {
    return (await (await openContents(source)).get(`/${PACKAGES_PATH}`)).kind === 'directory';
  } catch (error) {
    if (isSeedbedError(error)) return false;
    throw error;
  }
}

/** A drive is larger than the image that was written to it: the image ends with its partition. */
async function statedSize(source: OpenSource): Promise<number> {
  const layout = await openDisk(source).catch(() => null);
  const ends = layout?.parts.map(({ offsetBytes, lengthBytes }) => offsetBytes + lengthBytes) ?? [];
  return Math.max(0, ...ends) || source.sizeBytes;
}
