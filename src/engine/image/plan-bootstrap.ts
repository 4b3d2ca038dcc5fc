// Plans the disks of live-bootstrap, equal to what upstream's generator makes but for the order of entries.
// Source: live-bootstrap 984b8322, rootfs.py and lib/generator.py (prepare, distfiles).
import { resolve } from 'node:path';
import type { DiskRole, ImageDistfile } from '../../shared/model/image.ts';
import { CONFIGURATION_PATH, readCheckoutTree } from '../checkout/tree.ts';
import { decodeAscii, encodeAscii } from '../formats/ascii.ts';
import { BOOTSTRAP_COMMANDS, SEED_DIRECTORIES } from '../formats/bootstrap-commands.ts';
import { formatBootstrapCfg, hasExternalDisk, startsFromBuilderHex0 } from '../formats/bootstrap-cfg.ts';
import { MEBIBYTE } from '../formats/builder-hex0.ts';
import { checkBudgets, compareSrcPaths, srcfsWarnings } from '../formats/srcfs.ts';
import type { BootstrapRequest } from './build-request.ts';
import { externalEntries, rootEntries } from './disk-trees.ts';
import { DISTFILES_PATH, type FoundDistfile } from './find-distfiles.ts';
import type { ImageInputs } from './image-inputs.ts';
import type { BuildOptions, ImagePlan, PlannedDisk } from './image-plan.ts';
import { layOut, type PlannedEntry, targetBytesOf } from './lay-out.ts';
import { directory, inMemory, layOver } from './lay-over.ts';
import { recordOverlay } from './overlays.ts';
import { planExternalDisk, planRootDisk } from './plan-external.ts';
import { readContents } from './read-contents.ts';
import { readPreseed } from './read-preseed.ts';
import { readPackages } from './read-packages.ts';
import { readStages } from './read-stages.ts';

/** For a supplied kernel; rootfs.py takes it wherever no size was given. */
const DEFAULT_ROOT_MIB = 16_384;

export async function planBootstrap(
  request: BootstrapRequest,
  inputs: ImageInputs,
  options: BuildOptions,
): Promise<ImagePlan> {
  const { goal, configuration } = request;
  const { checkout, overlays } = inputs;
  const fromHex0 = startsFromBuilderHex0(configuration);
  const tree = await readTree(request, inputs, options);
  const packages = request.repoPath === null ? [] : await readPackages(request.repoPath, options);
  const distfiles = inputs.distfiles.found;
  const early = distfiles.filter(({ preNetwork }) => preNetwork);
  const disks: [PlannedDisk, ...PlannedDisk[]] = fromHex0
    ? [await planBootDisk(checkout.path, tree.entries, early, request)]
    : [
        planRootDisk({
          entries: rootEntries(tree.entries, distfiles, packages),
          sizeBytes: targetBytesOf(configuration.targetSizeMiB || DEFAULT_ROOT_MIB),
        }),
      ];
  const onExternal = configuration.externalSources ? distfiles : early;
  const isTwoDisks = goal === 'end' && hasExternalDisk(configuration);
  if (isTwoDisks)
    disks.push(
      planExternalDisk({
        entries: externalEntries(onExternal, packages),
        sizeBytes: configuration.externalSizeMiB * MEBIBYTE,
      }),
    );
  if (fromHex0) checkBudgets(disks[0].budgets);
  return {
    kind: fromHex0 ? 'kernel-bootstrap' : 'kernel',
    goal,
    disks,
    checkout: checkout.facts,
    configuration,
    bootstrapCfg: tree.bootstrapCfg,
    overlays: overlays.map((overlay) => recordOverlay(overlay, tree.replaced)),
    distfiles: distfiles.map((file) => recordDistfile(file, fromHex0, isTwoDisks ? onExternal : [])),
    expectedBootCheck: [],
    warnings: [
      ...(fromHex0 ? srcfsWarnings(tree.entries) : []),
      // Not those about git: a record says nothing about the machine that it was made on.
      ...checkout.findings
        .filter(({ id }) => id.startsWith('submodule'))
        .map(({ what, detail }) => `${what}: ${detail}`),
    ],
  };
}

interface Tree {
  /** In no order, without `.` and without what is in external/. */
  entries: PlannedEntry[];
  bootstrapCfg: string;
  /** Paths of overlays that the checkout had too, as ImageOverlay has them. */
  replaced: ReadonlySet<string>;
}

/** The checkout's files, overlays over them, and the configuration. */
export async function readTree(
  { configuration, preseedPath }: BootstrapRequest,
  { checkout, overlays }: ImageInputs,
  options: BuildOptions,
): Promise<Tree> {
  const root = checkout.path;
  const withSeeds = !startsFromBuilderHex0(configuration);
  const places = await readCheckoutTree(root, options.signal, { withSeeds });
  const wanted = preseedPath === null ? places : places.filter(({ path }) => isOfSteps(path));
  const tree = await readContents(wanted, options);
  if (preseedPath !== null) {
    const keepExternal = hasExternalDisk(configuration);
    tree.push(...(await readPreseed(root, resolve(preseedPath), { ...options, keepExternal })));
  }
  const { entries, replaced } = layOver(tree, overlays);
  const own = entries.find(({ path }) => path === CONFIGURATION_PATH);
  if (own?.content?.kind === 'bytes')
    return { entries, bootstrapCfg: decodeAscii(own.content.bytes), replaced };
  const bootstrapCfg = formatBootstrapCfg(configuration);
  return {
    entries: [...entries, inMemory(CONFIGURATION_PATH, encodeAscii(bootstrapCfg))],
    bootstrapCfg,
    replaced,
  };
}

export function isOfSteps(path: string): boolean {
  return path === './steps' || path.startsWith('./steps/');
}

async function planBootDisk(
  root: string,
  tree: readonly PlannedEntry[],
  distfiles: readonly FoundDistfile[],
  { configuration }: BootstrapRequest,
): Promise<PlannedDisk> {
  const entries = [
    directory('.'),
    ...[
      ...tree.filter(({ path }) => path !== './external' && !path.startsWith(DISTFILES_PATH)),
      directory('./external'),
      directory(DISTFILES_PATH),
      ...distfiles.map(({ name, sizeBytes, sha256, content }) => ({
        path: `${DISTFILES_PATH}/${name}`,
        sizeBytes,
        sha256,
        isFile: true,
        isProgram: false,
        content,
      })),
    ].sort((a, b) => compareSrcPaths(a.path, b.path)),
    ...SEED_DIRECTORIES.map(directory),
  ];
  const laidOut = layOut({
    ...(await readStages(root)),
    entries,
    commands: BOOTSTRAP_COMMANDS,
    targetBytes: targetBytesOf(configuration.targetSizeMiB),
  });
  return { role: 'boot', partition: null, ...laidOut };
}

function recordDistfile(
  { name, sha256, sizeBytes, preNetwork }: FoundDistfile,
  fromHex0: boolean,
  onExternal: readonly FoundDistfile[],
): ImageDistfile {
  const on: DiskRole[] = fromHex0 ? (preNetwork ? ['boot'] : []) : ['root'];
  if (onExternal.some((file) => file.name === name)) on.push('external');
  return { name, sha256, sizeBytes, on };
}
