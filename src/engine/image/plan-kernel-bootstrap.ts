// Plans the boot image of live-bootstrap's kernel bootstrap, equal to what upstream's `rootfs.py --qemu` makes but for the order of its entries.
// Source: live-bootstrap 984b8322, rootfs.py and lib/generator.py.
import { resolve } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { Checkout } from '../checkout/checkout.ts';
import { openCheckout } from '../checkout/open-checkout.ts';
import { readPreNetworkDistfiles } from '../checkout/pre-network-distfiles.ts';
import { CONFIGURATION_PATH, readCheckoutTree } from '../checkout/tree.ts';
import { encodeAscii } from '../formats/ascii.ts';
import { BOOTSTRAP_COMMANDS, SEED_DIRECTORIES } from '../formats/bootstrap-commands.ts';
import { formatBootstrapCfg } from '../formats/bootstrap-cfg.ts';
import { checkBudgets, compareSrcPaths, srcfsWarnings } from '../formats/srcfs.ts';
import { DISTFILES_PATH, findDistfiles } from './find-distfiles.ts';
import { sha256Of } from './input-digest.ts';
import { layOut, type PlannedEntry, targetBytesOf } from './lay-out.ts';
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import { readContents } from './read-contents.ts';
import { readStages } from './read-stages.ts';

export interface KernelBootstrapRequest {
  kind: 'kernel-bootstrap';
  /** `stage0` leaves the distfiles out. */
  goal: 'stage0' | 'end';
  checkoutPath: string;
  /** Folder with the distfiles by name; only `stage0` can do without. */
  distfilesPath: string | null;
  cores: number;
  mirrors: readonly string[];
  targetSizeMiB: number;
}

export async function planKernelBootstrap(
  request: KernelBootstrapRequest,
  options: BuildOptions,
): Promise<ImagePlan> {
  const { goal } = request;
  const bootstrapCfg = formatBootstrapCfg(request);
  const checkout = await openCheckout(resolve(request.checkoutPath), options);
  const stages = await readStages(checkout.path);
  const distfiles = goal === 'end' ? await distfileEntries(checkout, request.distfilesPath) : [];
  const tree = await readContents(await readCheckoutTree(checkout.path, options.signal), options);
  const entries = [
    directory('.'),
    ...[
      ...tree,
      inMemory(CONFIGURATION_PATH, encodeAscii(bootstrapCfg)),
      directory('./external'),
      directory(DISTFILES_PATH),
      ...distfiles,
    ].sort((a, b) => compareSrcPaths(a.path, b.path)),
    ...SEED_DIRECTORIES.map(directory),
  ];
  const laidOut = layOut({
    ...stages,
    entries,
    commands: BOOTSTRAP_COMMANDS,
    targetBytes: targetBytesOf(request.targetSizeMiB),
  });
  checkBudgets(laidOut.budgets);
  return {
    kind: 'kernel-bootstrap',
    goal,
    disks: [{ role: 'boot', partition: null, ...laidOut }],
    checkout: checkout.facts,
    configuration: null,
    bootstrapCfg,
    overlays: [],
    distfiles: distfiles.map(({ path, sha256, sizeBytes }) => ({
      name: path.slice(DISTFILES_PATH.length + 1),
      sha256,
      sizeBytes,
      on: ['boot' as const],
    })),
    expectedBootCheck: [],
    warnings: [
      ...srcfsWarnings(entries),
      // Not those about git: a record says nothing about the machine that it was made on.
      ...checkout.findings
        .filter(({ id }) => id.startsWith('submodule'))
        .map(({ what, detail }) => `${what}: ${detail}`),
    ],
  };
}

async function distfileEntries(checkout: Checkout, folder: string | null): Promise<PlannedEntry[]> {
  if (folder === null)
    throw new SeedbedError('INPUT_INVALID', {
      reason: 'the whole bootstrap needs a folder with its distfiles; only the goal stage0 does without',
    });
  return findDistfiles(await readPreNetworkDistfiles(checkout), resolve(folder));
}

function directory(path: string): PlannedEntry {
  return { path, sizeBytes: 0, sha256: sha256Of(''), isFile: false, content: null };
}

function inMemory(path: string, bytes: Uint8Array): PlannedEntry {
  return {
    path,
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
    isFile: true,
    content: { kind: 'bytes', bytes },
  };
}
