// The checks of this machine: what a run needs, what is there, and what to do about the rest.
import { access, constants, statfs } from 'node:fs/promises';
import { describeError } from '../shared/error-texts.ts';
import { DEFAULT_MEMORY_MIB } from '../shared/limits.ts';
import type { Finding } from '../shared/model/host.ts';
import type { Image } from '../shared/model/image.ts';
import type { AcceleratorProbe } from '../shared/model/run.ts';
import { formatBytes, formatDuration } from '../shared/units.ts';
import { requireGit } from './checkout/git-command.ts';
import type { DataFolder } from './data-folder.ts';
import { openAcceleratorMemory } from './run/accelerator-memory.ts';
import { acceleratorsOf, probeAccelerators } from './run/accelerators.ts';
import { findQemu, type Qemu } from './run/find-qemu.ts';
import { type HostMemory, hostMemory } from './run/preflight.ts';
import { listSandboxes } from './sandbox/sandbox-tools.ts';
import { SANDBOX_NAMES } from '../shared/model/sandbox.ts';
import type { StartContext } from './run/prepare-run.ts';

export interface ExamineOptions {
  folder: DataFolder;
  images: { buildIntoStore(request: { kind: 'boot-check' }, context: StartContext): Promise<Image> };
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  memory?: HostMemory;
  kvmDevice?: string;
}

/** A whole bootstrap leaves so much behind: its disk, a copy of the distfiles, and the log. */
const COMFORTABLE_SPACE_BYTES = 20 * 1024 ** 3;

/** Never throws for what it finds. Booting the boot check twice takes seconds. */
export async function examine(
  options: ExamineOptions,
): Promise<{ findings: Finding[]; probes: AcceleratorProbe[] }> {
  const { folder, env, memory = hostMemory } = options;
  const signal = options.signal ?? new AbortController().signal;
  const findings = [nodeFinding(), await gitFinding(folder, signal)];
  const { finding, qemu } = await qemuFinding(env, signal);
  findings.push(finding);
  const probes = qemu === null ? [] : await probe(qemu, options, signal);
  findings.push(...(Array.isArray(probes) ? probes.map(probeFinding) : [probes]));
  findings.push(...(await sandboxFindings(env)), await memoryFinding(memory), await folderFinding(folder));
  return { findings, probes: Array.isArray(probes) ? probes : [] };
}

function nodeFinding(): Finding {
  return { id: 'node', level: 'ok', what: 'Node.js', detail: process.versions.node, hint: '' };
}

/** Only a fetch needs it: there are folders and archives, too. */
async function gitFinding(folder: DataFolder, signal: AbortSignal): Promise<Finding> {
  try {
    const version = await requireGit(folder.root, signal);
    return { id: 'git', level: 'ok', what: 'git', detail: version, hint: '' };
  } catch (error) {
    signal.throwIfAborted();
    return { ...problem('git', 'git', error), level: 'warning' };
  }
}

async function qemuFinding(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ finding: Finding; qemu: Qemu | null }> {
  try {
    const qemu = await findQemu({ env, signal });
    const detail = `${qemu.version} at ${qemu.path}`;
    return { qemu, finding: { id: 'qemu', level: 'ok', what: 'QEMU', detail, hint: '' } };
  } catch (error) {
    signal.throwIfAborted();
    return { qemu: null, finding: problem('qemu', 'QEMU', error) };
  }
}

/** The probes, or the finding that none could be made. */
async function probe(
  qemu: Qemu,
  { folder, images, env, kvmDevice }: ExamineOptions,
  signal: AbortSignal,
): Promise<AcceleratorProbe[] | Finding> {
  const context: StartContext = { signal, report: () => undefined };
  try {
    return await probeAccelerators(acceleratorsOf(), {
      qemu,
      bootCheck: () => images.buildIntoStore({ kind: 'boot-check' }, context),
      env,
      ...context,
      memory: openAcceleratorMemory(folder.root),
      kvmDevice,
    });
  } catch (error) {
    signal.throwIfAborted();
    return problem('boot-check', 'Boot check', error);
  }
}

function probeFinding({ accelerator, works, reason, milliseconds }: AcceleratorProbe): Finding {
  const took = milliseconds === 0 ? '' : ` (${formatDuration(milliseconds)})`;
  const base = { id: accelerator, what: accelerator.toUpperCase(), detail: `${reason}${took}` };
  if (works) return { ...base, level: 'ok', hint: '' };
  return accelerator !== 'tcg'
    ? {
        ...base,
        level: 'warning',
        hint: 'Runs use TCG instead. It always works, but a whole bootstrap takes days instead of hours.',
      }
    : {
        ...base,
        level: 'problem',
        hint: 'No run can work before this does. Read the reason; another QEMU may help.',
      };
}

/** Nobody needs one who has QEMU. */
async function sandboxFindings(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const sandboxes = await listSandboxes({ env, hasCommand: true });
  return sandboxes.map(({ mode, available, detail, hint }) => ({
    id: `sandbox-${mode}`,
    level: available ? 'ok' : 'warning',
    what: `Sandbox: ${SANDBOX_NAMES[mode]}`,
    detail,
    hint,
  }));
}

async function memoryFinding(memory: HostMemory): Promise<Finding> {
  const free = await memory.freeMiB();
  const base = { id: 'memory', what: 'Free memory' };
  if (free === null) return { ...base, level: 'ok', detail: 'this system does not say', hint: '' };
  const detail = formatBytes(free * 1024 ** 2);
  if (free >= DEFAULT_MEMORY_MIB) return { ...base, level: 'ok', detail, hint: '' };
  const hint = `A run is given ${formatBytes(DEFAULT_MEMORY_MIB * 1024 ** 2)}. Close other programs before you start one.`;
  return { ...base, level: 'warning', detail, hint };
}

async function folderFinding(folder: DataFolder): Promise<Finding> {
  try {
    await access(folder.root, constants.W_OK);
    const { bavail, bsize } = await statfs(folder.root);
    const base = {
      id: 'space',
      what: 'Free space',
      detail: `${formatBytes(bavail * bsize)} in ${folder.root}`,
    };
    if (bavail * bsize >= COMFORTABLE_SPACE_BYTES) return { ...base, level: 'ok', hint: '' };
    const wanted = formatBytes(COMFORTABLE_SPACE_BYTES);
    return {
      ...base,
      level: 'warning',
      hint: `A whole bootstrap needs about ${wanted}. Free some, or set SEEDBED_HOME to another place.`,
    };
  } catch (error) {
    return problem('space', 'Data folder', error);
  }
}

function problem(id: string, what: string, error: unknown): Finding {
  const { message, hint } = describeError(error);
  return { id, level: 'problem', what, detail: message, hint };
}
