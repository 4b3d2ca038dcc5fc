// The root tree of a sandbox, as upstream's generator prepares it: the checkout, overlays and the configuration, distfiles and packages inside.
// Source: live-bootstrap 984b8322, lib/generator.py (prepare with neither kernel_bootstrap nor using_kernel) and rootfs.py (bootstrap).
import type { ImageRecord } from '../../shared/model/image.ts';
import { IMAGE_RECORD_VERSION } from '../../shared/model/image.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { SandboxMode } from '../../shared/model/sandbox.ts';
import type { StepList } from '../../shared/model/timeline.ts';
import { parseBootstrapVariables } from '../formats/bootstrap-variables.ts';
import { stepListOf } from '../formats/console/step-list.ts';
import { compareSrcPaths } from '../formats/srcfs.ts';
import type { BootstrapRequest } from '../image/build-request.ts';
import type { DiskEntry } from '../image/disk-entry.ts';
import { rootEntries } from '../image/disk-trees.ts';
import { requireDistfiles } from '../image/find-distfiles.ts';
import { checkTreeRequest, gatherInputs } from '../image/image-inputs.ts';
import type { BuildOptions } from '../image/image-plan.ts';
import { imageDigestOf, sha256Of } from '../image/input-digest.ts';
import { refuseErrors } from '../image/plan.ts';
import { recordOverlay } from '../image/overlays.ts';
import { readTree } from '../image/plan-bootstrap.ts';
import { readPackages } from '../image/read-packages.ts';

export interface TreePlan {
  mode: SandboxMode;
  /** Each folder before what is in it. */
  entries: DiskEntry[];
  /** What stands beside the run as image.json: the tree as its one disk. */
  record: ImageRecord;
  /** Null for a checkout whose manifest cannot be read, which the sandbox will tell. */
  steps: StepList | null;
  /** Upstream's own folder name of the processor: `x86`. */
  archFolder: string;
}

/** `request.configuration.machine` is taken for `mode`. Throws what planning an image throws. */
export async function planTree(
  mode: SandboxMode,
  asked: BootstrapRequest,
  options: BuildOptions,
): Promise<TreePlan> {
  const request: BootstrapRequest = {
    ...asked,
    configuration: { ...asked.configuration, machine: mode, suppliedKernel: false },
  };
  const inputs = await gatherInputs(request, options);
  refuseErrors(checkTreeRequest(request, inputs.overlays));
  requireDistfiles(inputs.distfiles, request.distfiles);
  const tree = await readTree(request, inputs, options);
  const packages = request.repoPath === null ? [] : await readPackages(request.repoPath, options);
  const entries = withFolders(rootEntries(tree.entries, inputs.distfiles.found, packages));
  const variables = parseBootstrapVariables(tree.bootstrapCfg);
  const { checkout, overlays } = inputs;
  return {
    mode,
    entries,
    record: recordOf({
      goal: request.goal,
      entries,
      checkout: checkout.facts,
      configuration: request.configuration,
      bootstrapCfg: tree.bootstrapCfg,
      overlays: overlays.map((overlay) => recordOverlay(overlay, tree.replaced)),
      distfiles: inputs.distfiles.found.map(({ name, sha256, sizeBytes }) => ({
        name,
        sha256,
        sizeBytes,
        on: ['tree'],
      })),
    }),
    steps: stepsOf(entries, variables, checkout.facts.commit),
    archFolder: variables.find(({ name }) => name === 'ARCH_DIR')?.value ?? 'x86',
  };
}

/** Sorted, doubles left out, and every folder named. */
function withFolders(entries: readonly DiskEntry[]): DiskEntry[] {
  const all = new Map<string, DiskEntry>();
  for (const entry of entries) {
    for (let at = entry.path.indexOf('/'); at > 0; at = entry.path.indexOf('/', at + 1)) {
      const path = entry.path.slice(0, at);
      if (!all.has(path)) all.set(path, { kind: 'folder', path });
    }
    all.set(entry.path, entry);
  }
  return [...all.values()].sort((a, b) => compareSrcPaths(a.path, b.path));
}

type Described = Pick<
  ImageRecord,
  'goal' | 'checkout' | 'configuration' | 'bootstrapCfg' | 'overlays' | 'distfiles'
> & { entries: readonly DiskEntry[] };

function recordOf({ entries, ...facts }: Described): ImageRecord {
  const inputDigest = digestOf(entries);
  const files = entries.filter((entry) => entry.kind === 'file');
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    version: IMAGE_RECORD_VERSION,
    kind: 'sandbox',
    goal: facts.goal,
    inputDigest: imageDigestOf([{ role: 'tree', inputDigest }]),
    disks: [
      {
        role: 'tree',
        file: 'root',
        inputDigest,
        sha256: inputDigest,
        sizeBytes: Math.max(1, bytes),
        dataBytes: Math.max(1, bytes),
        regions: [],
        partition: null,
        budgets: [],
        entries: {
          directories: entries.length - files.length,
          files: files.length,
          payloadBytes: bytes,
          streamBytes: 0,
        },
      },
    ],
    checkout: facts.checkout,
    configuration: facts.configuration,
    bootstrapCfg: facts.bootstrapCfg,
    overlays: facts.overlays,
    distfiles: facts.distfiles,
    expectedBootCheck: [],
    warnings: [],
  };
}

/** sha256 of a text that anyone can write down again, like that of a disk (image/plan-external.ts). */
function digestOf(entries: readonly DiskEntry[]): string {
  const lines = [
    'seedbed sandbox tree 1',
    ...entries.map((entry) =>
      entry.kind === 'folder'
        ? `folder ${entry.path}`
        : `file ${entry.executable ? '755' : '644'} ${entry.sizeBytes} ${entry.sha256} ${entry.path}`,
    ),
  ];
  return sha256Of(lines.map((line) => `${line}\n`).join(''));
}

function stepsOf(
  entries: readonly DiskEntry[],
  variables: Parameters<typeof stepListOf>[1],
  commit: string | null,
): StepList | null {
  const manifest = entries.find(({ path }) => path === 'steps/manifest');
  if (manifest?.kind !== 'file' || manifest.content?.kind !== 'bytes') return null;
  try {
    return stepListOf(new TextDecoder().decode(manifest.content.bytes), variables, commit);
  } catch (error) {
    if (error instanceof SeedbedError) return null;
    throw error;
  }
}
