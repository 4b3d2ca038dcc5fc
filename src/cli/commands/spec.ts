// From options of the command line to what the contract calls an image.
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Places } from '../../engine/places.ts';
import type { SeedbedClient } from '../../shared/contract/contract.ts';
import type { ImageSpec, ImageTarget } from '../../shared/contract/image.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { type BootstrapConfiguration, DEFAULT_CONFIGURATION } from '../../shared/model/bootstrap-config.ts';
import { BuiltInOverlay, type ImagePreset } from '../../shared/model/image-preset.ts';
import { readCheckoutName } from './checkout-options.ts';

/** As commander gives them; what was not named is not there. */
export interface ImageOptions {
  preset?: string;
  checkout?: string;
  distfiles?: string;
  goal?: 'stage0' | 'end';
  cores?: number;
  mirror?: string[];
  externalSources?: boolean;
  repo?: string;
  earlyPreseed?: string;
  machine?: 'qemu' | 'bare-metal';
  suppliedKernel?: boolean;
  disk?: string;
  console?: BootstrapConfiguration['console'];
  swap?: number;
  targetSize?: number;
  externalSize?: number;
  overlay?: string[];
  interactive?: boolean;
  configurator?: boolean;
  forceTimestamps?: boolean;
  updateChecksums?: boolean;
  buildKernels?: boolean;
  internalCi?: string;
  /** `--no-create-config`: commander's way. */
  createConfig?: boolean;
  bootCheck?: boolean;
}

/** A goal that is a step of the manifest is the run's alone: the image is made for the end. */
export function takeGoalStep(options: { goal?: string }): string | undefined {
  const { goal } = options;
  if (goal === undefined || goal === 'stage0' || goal === 'end') return undefined;
  delete options.goal;
  return goal;
}

type BootstrapSpec = Extract<ImageSpec, { kind: 'live-bootstrap' }>;

/** What to build; `bootCheckByDefault` is for `run`, where nothing named means the boot check. */
export async function readSpec(
  options: ImageOptions,
  { places, client }: { places: Places; client: SeedbedClient },
  bootCheckByDefault: boolean,
): Promise<ImageSpec> {
  const preset = options.preset === undefined ? null : await findPreset(options.preset, client);
  const isBootCheck = options.bootCheck === true || preset?.goal === 'boot-check';
  const nothingNamed = bootCheckByDefault && preset === null && options.checkout === undefined;
  if (isBootCheck || nothingNamed) {
    if (namesBootstrap(options))
      throw new SeedbedError('USAGE', {
        reason:
          'The boot check takes no options of live-bootstrap such as --checkout, --distfiles or --goal.',
      });
    return { kind: 'boot-check' };
  }
  return readBootstrap(options, preset, places);
}

function readBootstrap(options: ImageOptions, preset: ImagePreset | null, places: Places): BootstrapSpec {
  const { checkout, distfiles, repo, earlyPreseed } = options;
  const goal = options.goal ?? (preset === null || preset.goal === 'boot-check' ? 'end' : preset.goal);
  const overlays = (options.overlay ?? []).map((name) => readOverlay(name, places));
  const fromPreset = (preset?.overlays ?? []).map((builtIn) => ({ builtIn }));
  return {
    kind: 'live-bootstrap',
    goal,
    checkout: readCheckoutName(checkout ?? 'default', places),
    distfiles:
      distfiles === undefined ? { from: 'store' } : { from: 'folder', place: places.mint(distfiles).token },
    configuration: readConfiguration(options, preset?.configuration ?? DEFAULT_CONFIGURATION),
    repo: repo === undefined ? null : places.mint(repo).token,
    preseed: earlyPreseed === undefined ? null : places.mint(earlyPreseed).token,
    overlays: [...fromPreset, ...overlays].filter(isFirst),
  };
}

function readConfiguration(options: ImageOptions, base: BootstrapConfiguration): BootstrapConfiguration {
  const machine = options.machine ?? base.machine;
  return {
    ...base,
    machine,
    cores: options.cores ?? base.cores,
    mirrors: options.mirror ?? base.mirrors,
    externalSources: options.externalSources ?? base.externalSources,
    repoPreseeded: options.repo !== undefined,
    earlyPreseed: options.earlyPreseed !== undefined,
    suppliedKernel: options.suppliedKernel ?? base.suppliedKernel,
    disk: options.disk ?? base.disk,
    console: options.console ?? base.console,
    swapMiB: options.swap ?? base.swapMiB,
    // rootfs.py extends the disk for QEMU only: a drive has its own size.
    targetSizeMiB: options.targetSize ?? (options.machine === 'bare-metal' ? 0 : base.targetSizeMiB),
    externalSizeMiB: options.externalSize ?? base.externalSizeMiB,
    interactive: options.interactive ?? base.interactive,
    configurator: options.configurator ?? base.configurator,
    forceTimestamps: options.forceTimestamps ?? base.forceTimestamps,
    updateChecksums: options.updateChecksums ?? base.updateChecksums,
    buildKernels: options.buildKernels ?? base.buildKernels,
    internalCi: options.internalCi ?? base.internalCi,
    createConfig: options.createConfig ?? base.createConfig,
  };
}

/** A name without a separator is a built-in overlay; a folder of that name is meant by `./name`. */
function readOverlay(name: string, places: Places): BootstrapSpec['overlays'][number] {
  const builtIn = BuiltInOverlay.safeParse(name);
  if (builtIn.success) return { builtIn: builtIn.data };
  if (!/[/\\]/.test(name) && !existsSync(name))
    throw new SeedbedError('USAGE', {
      reason: `There is no overlay ${name}: take ${BuiltInOverlay.options.join(', ')}, or a folder.`,
    });
  return { folder: places.mint(resolve(name)).token };
}

function isFirst(
  overlay: BootstrapSpec['overlays'][number],
  index: number,
  all: BootstrapSpec['overlays'],
): boolean {
  const text = JSON.stringify(overlay);
  return all.findIndex((other) => JSON.stringify(other) === text) === index;
}

async function findPreset(name: string, client: SeedbedClient): Promise<ImagePreset> {
  const presets = await client.image.presets({});
  const preset = presets.find(({ id }) => id === name);
  if (preset === undefined)
    throw new SeedbedError('USAGE', {
      reason: `There is no preset ${name}: take ${presets.map(({ id }) => id).join(', ')}.`,
    });
  return preset;
}

const BOOTSTRAP_ONLY = [
  'checkout',
  'distfiles',
  'goal',
  'mirror',
  'externalSources',
  'repo',
  'earlyPreseed',
  'machine',
  'suppliedKernel',
  'disk',
  'console',
  'swap',
  'externalSize',
  'overlay',
  'interactive',
  'configurator',
  'forceTimestamps',
  'updateChecksums',
  'buildKernels',
  'internalCi',
] as const;

/** Options that only live-bootstrap has. */
export function namesBootstrap(options: ImageOptions): boolean {
  return options.createConfig === false || BOOTSTRAP_ONLY.some((name) => options[name] !== undefined);
}

export function readTarget(out: string, replace: boolean, places: Places): ImageTarget {
  const path = resolve(out);
  return { folder: places.mint(dirname(path)).token, name: basename(path), replace };
}

/** An image as people name it: a file when there is a path separator or an ending, else an id. */
export function readImageName(name: string, places: Places): { id: string } | { place: string } {
  return /[/\\.]/.test(name) ? { place: places.mint(name).token } : { id: name };
}
