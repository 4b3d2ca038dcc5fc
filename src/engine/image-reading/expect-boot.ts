// What a boot image of live-bootstrap must hold, derived from the checkout: the stages, each entry with its hash and origin, the commands. Distfiles
// are known by the hashes in the checkout's sources files, so that they need not be there.
import { resolve } from 'node:path';
import type { CheckoutFacts, ImageRecord } from '../../shared/model/image.ts';
import type { Origin } from '../../shared/model/image-reading.ts';
import { openCheckout, readPreNetworkDistfiles } from '../checkout/open-checkout.ts';
import { CONFIGURATION_PATH, readCheckoutTree } from '../checkout/tree.ts';
import { encodeAscii } from '../formats/ascii.ts';
import { BOOTSTRAP_COMMANDS, SEED_DIRECTORIES } from '../formats/bootstrap-commands.ts';
import { compareSrcPaths } from '../formats/srcfs.ts';
import { DISTFILES_PATH } from '../image/find-distfiles.ts';
import type { BuildOptions } from '../image/image-plan.ts';
import { sha256Of } from '../image/input-digest.ts';
import { isOfSteps } from '../image/plan-bootstrap.ts';
import { readContents } from '../image/read-contents.ts';
import { readPreseed } from '../image/read-preseed.ts';
import { readStages, type Stages } from '../image/read-stages.ts';
import type { Segment } from '../image/segments.ts';
import { CONFIGURED, generated, originOfPlace, PRESEED } from './origins.ts';

export interface ExpectedEntry {
  path: string;
  /** Null for a distfile whose size nobody told. */
  sizeBytes: number | null;
  sha256: string;
  /** Where the right bytes are to be had; null when they are not here, or when there are none. */
  content: Segment | null;
  origin: Origin;
}

export interface ExpectedBoot extends Stages {
  facts: CheckoutFacts;
  /** In the order in which Seedbed writes them. */
  entries: ExpectedEntry[];
  commands: readonly string[];
  warnings: string[];
}

export interface BootExpectation {
  checkoutPath: string;
  /** Text of bootstrap.cfg. */
  bootstrapCfg: string;
  goal: 'stage0' | 'end';
  overlays: ImageRecord['overlays'];
  /** Takes the place of all but steps/. */
  preseed: { path: string; keepExternal: boolean } | null;
  /** Where a distfile is, and how large. */
  findDistfile: (name: string, sha256: string) => Promise<{ path: string | null; sizeBytes: number } | null>;
}

/** Throws the codes of a checkout, HEX0_INVALID, STAGE1_MISFIT, STAGE2_MISFIT, SRCFS_NAME_REFUSED, CANCELLED. */
export async function expectBoot(given: BootExpectation, options: BuildOptions): Promise<ExpectedBoot> {
  const checkout = await openCheckout(resolve(given.checkoutPath), options);
  const { facts, path: root } = checkout;
  const { preseed } = given;
  const places = await readCheckoutTree(root, options.signal);
  const tree = preseed === null ? places : places.filter(({ path }) => isOfSteps(path));
  const planned = await readContents(tree, options);
  const entries = new Map<string, ExpectedEntry>();
  for (const [index, { path, sizeBytes, sha256, content }] of planned.entries()) {
    const file = tree[index]?.file ?? null;
    const origin = file === null ? generated('a folder of the checkout') : originOfPlace(facts, root, file);
    entries.set(path, { path, sizeBytes, sha256, content, origin });
  }
  if (preseed !== null)
    for (const { path, sizeBytes, sha256, content } of await readPreseed(root, resolve(preseed.path), {
      ...options,
      keepExternal: preseed.keepExternal,
    }))
      if (path !== './external' && !path.startsWith(DISTFILES_PATH))
        entries.set(path, { path, sizeBytes, sha256, content, origin: PRESEED });
  for (const overlay of given.overlays)
    for (const { path, sha256, sizeBytes } of overlay.changes) {
      const origin = generated(`overlay ${overlay.name}, as the record says`);
      addFolders(entries, `./${path}`, origin);
      entries.set(`./${path}`, { path: `./${path}`, sizeBytes, sha256, content: null, origin });
    }
  const rule = generated('live-bootstrap’s generator');
  const sorted = [
    ...entries.values(),
    // An overlay may bring its own.
    ...(entries.has(CONFIGURATION_PATH) ? [] : [configured(encodeAscii(given.bootstrapCfg))]),
    folder('./external', rule),
    folder(DISTFILES_PATH, rule),
    ...(given.goal === 'end' ? await expectDistfiles(given, await readPreNetworkDistfiles(checkout)) : []),
  ].sort((a, b) => compareSrcPaths(a.path, b.path));
  return {
    ...(await readStages(root)),
    facts,
    entries: [folder('.', rule), ...sorted, ...SEED_DIRECTORIES.map((path) => folder(path, rule))],
    commands: BOOTSTRAP_COMMANDS,
    warnings: checkout.findings.map(({ what, detail }) => `${what}: ${detail}`),
  };
}

function expectDistfiles(
  { findDistfile }: BootExpectation,
  distfiles: readonly { name: string; sha256: string }[],
): Promise<ExpectedEntry[]> {
  return Promise.all(
    distfiles.map(async ({ name, sha256 }): Promise<ExpectedEntry> => {
      const found = await findDistfile(name, sha256);
      const place = found?.path ?? null;
      const sizeBytes = found?.sizeBytes ?? null;
      return {
        path: `${DISTFILES_PATH}/${name}`,
        sizeBytes,
        sha256,
        content:
          place === null || sizeBytes === null
            ? null
            : { kind: 'file', path: place, sizeBytes, sha256, distfile: name },
        origin: { kind: 'distfile', name, sha256 },
      };
    }),
  );
}

/** An overlay may add a file to a folder that the checkout has not got. */
function addFolders(entries: Map<string, ExpectedEntry>, path: string, origin: Origin): void {
  for (let at = path.lastIndexOf('/'); at > 1; at = path.lastIndexOf('/', at - 1)) {
    const parent = path.slice(0, at);
    if (!entries.has(parent)) entries.set(parent, folder(parent, origin));
  }
}

function configured(bytes: Uint8Array): ExpectedEntry {
  const content: Segment | null = bytes.length > 0 ? { kind: 'bytes', bytes } : null;
  return {
    path: CONFIGURATION_PATH,
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
    content,
    origin: CONFIGURED,
  };
}

function folder(path: string, origin: Origin): ExpectedEntry {
  return { path, sizeBytes: 0, sha256: sha256Of(''), content: null, origin };
}
