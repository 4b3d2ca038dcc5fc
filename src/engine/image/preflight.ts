// Says everything about an image before a byte of it is written: what hinders it, what will happen, how large it will be.
import { statfs } from 'node:fs/promises';
import { describeError } from '../../shared/error-texts.ts';
import { isSeedbedError } from '../../shared/errors.ts';
import { MINIMUM_MEMORY_MIB } from '../../shared/limits.ts';
import type { ImageFinding } from '../../shared/model/bootstrap-config.ts';
import type { ImagePreflight } from '../../shared/model/image-preflight.ts';
import { formatBytes } from '../../shared/units.ts';
import { startsFromBuilderHex0 } from '../formats/bootstrap-cfg.ts';
import { finding } from '../formats/bootstrap-rule.ts';
import type { BootstrapRequest, BuildRequest } from './build-request.ts';
import { checkRequest, gatherInputs, type ImageInputs } from './image-inputs.ts';
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import { planBootCheck } from './plan-boot-check.ts';
import { planGathered } from './plan.ts';
import { writtenBytes } from './segments.ts';

export interface PreflightOptions extends BuildOptions {
  /** Folder that the image would be written to. */
  folder: string;
  /** Of the machine that will run it, when that is known. */
  memoryMiB?: number | undefined;
}

/**
 * The hand-over from Fiwix to Linux takes the kernel and a packed copy of all files in 195 MiB, of which about 1.5 MB were left in 2024
 * (live-bootstrap 984b8322, steps/jump/fiwix.sh, and commit e2d4782c: “very tight”).
 */
const HAND_OVER_SLACK_BYTES = 1_500_000;
const GIBIBYTE_MIB = 1024;

/** Throws only what is no matter of the image: CANCELLED, IO_FAILED, BUG. */
export async function preflightImage(
  request: BuildRequest,
  options: PreflightOptions,
): Promise<ImagePreflight> {
  const freeBytes = await freeSpace(options.folder);
  if (request.kind === 'boot-check') return describe(await planBootCheck(), [], { freeBytes, missing: [] });
  const memory = memoryFindings(request, options.memoryMiB);
  const gathered = await attempt(() => gatherInputs(request, options));
  if ('problem' in gathered)
    return empty(request, [gathered.problem, ...checkRequest(request, []), ...memory], freeBytes);
  const inputs = gathered.value;
  const findings = [...checkRequest(request, inputs.overlays), ...memory, ...handOver(request, inputs)];
  const { missing } = inputs.distfiles;
  // Planned with those that are there, so that sizes can be told.
  const present = { ...inputs, distfiles: { ...inputs.distfiles, missing: [] } };
  const planned = await attempt(() => planGathered(request, present, options));
  const found = [...findings, ...missingFindings(request, missing.length)];
  if ('problem' in planned)
    return { ...empty(request, [planned.problem, ...found], freeBytes), missing: named(missing) };
  return describe(planned.value, found, { freeBytes, missing });
}

type Attempt<T> = { value: T } | { problem: ImageFinding };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isSeedbedError(error) || NOT_OF_THE_IMAGE.includes(error.code)) throw error;
    const { code, message, hint } = describeError(error);
    return { problem: finding('error', code, FIELDS[code] ?? null, message, hint) };
  }
}

const NOT_OF_THE_IMAGE: readonly string[] = ['CANCELLED', 'BUG', 'IO_FAILED'];

const FIELDS: Readonly<Record<string, string>> = {
  CHECKOUT_INVALID: 'checkout',
  CHECKOUT_SUBMODULE_MISSING: 'checkout',
  CHECKOUT_UNREADABLE: 'checkout',
  HEX0_INVALID: 'checkout',
  STAGE1_MISFIT: 'checkout',
  STAGE2_MISFIT: 'checkout',
  OVERLAY_REFUSED: 'overlays',
  EXT3_TOO_SMALL: 'externalSizeMiB',
};

interface Surroundings {
  freeBytes: number | null;
  missing: ImageInputs['distfiles']['missing'];
}

function describe(
  plan: ImagePlan,
  found: readonly ImageFinding[],
  { freeBytes, missing }: Surroundings,
): ImagePreflight {
  const disks = plan.disks.map((disk) => ({
    role: disk.role,
    sizeBytes: disk.sizeBytes,
    writtenBytes: writtenBytes(disk),
    budgets: disk.budgets,
  }));
  const needed = disks.reduce((total, disk) => total + disk.writtenBytes, 0);
  return {
    findings: sorted([
      ...found,
      ...spaceFindings(needed, freeBytes),
      ...plan.warnings.map((why) => finding('warning', 'checkout-remark', 'checkout', why)),
    ]),
    kind: plan.kind,
    disks,
    distfiles: {
      count: plan.distfiles.length,
      bytes: plan.distfiles.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
    },
    missing: named(missing),
    overlays: plan.overlays,
    bootstrapCfg: plan.bootstrapCfg,
    freeBytes,
  };
}

function empty(
  request: BootstrapRequest,
  findings: ImageFinding[],
  freeBytes: number | null,
): ImagePreflight {
  return {
    findings: sorted(findings),
    kind: startsFromBuilderHex0(request.configuration) ? 'kernel-bootstrap' : 'kernel',
    disks: [],
    distfiles: { count: 0, bytes: 0 },
    missing: [],
    overlays: [],
    bootstrapCfg: null,
    freeBytes,
  };
}

function named(missing: Surroundings['missing']): ImagePreflight['missing'] {
  return missing.map(({ name, sha256, steps }) => ({ name, sha256, steps }));
}

function sorted(findings: readonly ImageFinding[]): ImageFinding[] {
  return [
    ...findings.filter(({ level }) => level === 'error'),
    ...findings.filter(({ level }) => level === 'warning'),
  ];
}

function missingFindings({ distfiles }: BootstrapRequest, count: number): ImageFinding[] {
  if (count === 0) return [];
  return [
    finding(
      'error',
      'distfiles-missing',
      'distfiles',
      `${count === 1 ? 'One distfile is' : `${count} distfiles are`} not ${distfiles.from === 'store' ? 'in the store' : 'in the folder'}.`,
      distfiles.from === 'store' ? 'Fetch them first.' : 'Put them there, or fetch them into the store.',
    ),
  ];
}

function handOver({ goal, configuration }: BootstrapRequest, { overlays }: ImageInputs): ImageFinding[] {
  const added = overlays.flatMap(({ files }) => files).reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (goal === 'stage0' || !startsFromBuilderHex0(configuration) || added <= HAND_OVER_SLACK_BYTES) return [];
  return [
    finding(
      'warning',
      'hand-over-tight',
      'overlays',
      `The overlays add ${formatBytes(added)}. When Fiwix hands over to Linux, about ${formatBytes(HAND_OVER_SLACK_BYTES)} are left beside upstream’s own files (packed), so the run may fail there, hours after its start.`,
      'Bring large files on the external disk instead.',
    ),
  ];
}

function spaceFindings(needed: number, free: number | null): ImageFinding[] {
  if (free === null || needed <= free) return [];
  const why = `The image takes ${formatBytes(needed)}; ${formatBytes(free)} are free.`;
  return [finding('error', 'space-short', null, why, 'Make room, or write the image to another disk.')];
}

function memoryFindings(
  { goal, configuration }: BootstrapRequest,
  memoryMiB: number | undefined,
): ImageFinding[] {
  if (memoryMiB === undefined) return [];
  if (startsFromBuilderHex0(configuration) && memoryMiB < MINIMUM_MEMORY_MIB)
    return [
      finding(
        'error',
        'memory-small',
        'memoryMiB',
        `builder-hex0 keeps its files at fixed addresses up to 3 GiB; ${memoryMiB} MiB are too little.`,
        `Give the machine ${MINIMUM_MEMORY_MIB} MiB at least, 4096 for the whole bootstrap.`,
      ),
    ];
  const { cores, swapMiB } = configuration;
  if (goal === 'stage0' || cores * GIBIBYTE_MIB <= memoryMiB + swapMiB) return [];
  return [
    finding(
      'warning',
      'memory-per-core',
      'cores',
      `GCC’s builds take up to 1 GiB for each of the ${cores} processors; with ${memoryMiB} MiB and ${swapMiB} MiB of swap the machine may run out of memory.`,
      'Take fewer processors, more memory, or swap.',
    ),
  ];
}

/** Null when it cannot be told: the folder is not there yet, say. */
async function freeSpace(folder: string): Promise<number | null> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}
