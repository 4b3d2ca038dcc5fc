// Starts a run in a sandbox: the root tree in the run's folder, the record, and what looks after it, detached like a QEMU (run/launch-run.ts).
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { Goal } from '../../shared/model/console.ts';
import { DEFAULT_MACHINE_OPTIONS } from '../../shared/model/machine.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { SANDBOX_NAMES, type SandboxAvailability, type SandboxMode } from '../../shared/model/sandbox.ts';
import { atPath } from '../os-errors.ts';
import { appendEvents, eventNow } from '../run/event-log.ts';
import { launchRun } from '../run/launch-run.ts';
import { checkSpace } from '../run/preflight.ts';
import {
  checkoutLabel,
  createFolder,
  type PreparedRun,
  removeFolder,
  type StartContext,
} from '../run/prepare-run.ts';
import { type RunFolder, writeRunRecord } from '../run/run-folder.ts';
import { resolveGoal, writeRunSteps } from '../run/run-steps.ts';
import type { RunStore } from '../run/run-store.ts';
import type { StopWaits } from '../run/stop-ladder.ts';
import { keepLists } from './kept-lists.ts';
import type { TreePlan } from './plan-tree.ts';
import { sandboxArguments, sandboxInit } from './sandbox-command.ts';
import { findSandboxTools, hostKernel, listSandboxes, type SandboxTools } from './sandbox-tools.ts';
import { writeTree } from './write-tree.ts';

/** In the folder of the run, beside its log. */
export const ROOT_FOLDER = 'root';
/** A stage0 run writes 60 MB beside what it is given. */
const GROWS_BYTES = 200_000_000;

export interface SandboxRequest {
  plan: TreePlan;
  goal: Goal;
  cores: number;
  /** Distfiles come from this host's network later on. */
  network: boolean;
  assisted: RunRecord['assisted'];
  guestMirror: RunRecord['guestMirror'];
}

export interface SandboxStarter {
  sandboxes(): Promise<SandboxAvailability[]>;
  /** Comes back when the sandbox runs. Throws SANDBOX_UNAVAILABLE, SANDBOX_START_FAILED, DISTFILE_MISMATCH, DISK_FULL, GOAL_STEP_UNKNOWN, CANCELLED. */
  startSandbox(request: SandboxRequest, context: StartContext): Promise<RunRecord>;
  /** Throws SANDBOX_UNAVAILABLE, before anything was prepared. */
  requireSandbox(mode: SandboxMode): Promise<void>;
}

export interface SandboxStarterOptions {
  runs: string;
  store: RunStore;
  env: NodeJS.ProcessEnv;
  waits: StopWaits;
  /** Program and arguments of Seedbed's command line; null where the host has none. */
  command: readonly string[] | null;
  onChange: () => void;
}

export function createSandboxStarter(options: SandboxStarterOptions): SandboxStarter {
  const { runs, store, env, waits, command } = options;
  const host = { env, hasCommand: command !== null };
  return {
    sandboxes: () => listSandboxes(host),
    async requireSandbox(mode) {
      await findSandboxTools(mode, host);
    },
    async startSandbox(request, context) {
      const { signal } = context;
      signal.throwIfAborted();
      const { plan } = request;
      const goal = resolveGoal(request.goal, plan.steps);
      const tools = await findSandboxTools(plan.mode, host);
      await checkSpace(runs, plan.record.disks[0].dataBytes + GROWS_BYTES);
      let held = '';
      try {
        const prepared = await prepare(runs, { ...request, goal }, tools, {
          ...context,
          onCreated: (id) => store.hold((held = id)),
        });
        const program = [...(command ?? []), 'sandbox', 'supervise', prepared.folder.path];
        return await launchRun({ ...prepared, program }, { env, waits, signal, track: store.track });
      } catch (error) {
        throw inOurWords(error, plan.mode);
      } finally {
        store.unhold(held);
        options.onChange();
      }
    },
  };
}

/** On an error or an abort nothing of it is left. */
async function prepare(
  runs: string,
  request: SandboxRequest,
  tools: SandboxTools,
  context: StartContext & { onCreated: (id: string) => void },
): Promise<PreparedRun> {
  const { folder, claim } = await createFolder(runs);
  const { plan } = request;
  context.onCreated(folder.id);
  try {
    await atPath(folder.disks, () => mkdir(folder.disks));
    await writeFile(folder.image, JSON.stringify(plan.record));
    await (await open(folder.serialLog, 'a', 0o600)).close();
    const record = firstRecord(folder, request, tools);
    await writeRunRecord(folder, record);
    await appendEvents(folder.events, [eventNow('created', `Created from ${record.image.label}.`)]);
    await writeRunSteps(folder, plan.steps);
    await keepLists(folder, plan.entries);
    await writeTree(join(folder.path, ROOT_FOLDER), plan.entries, context);
    context.signal.throwIfAborted();
    return { folder, record, claim };
  } catch (error) {
    await removeFolder(dirname(folder.path), folder.id);
    throw error;
  }
}

function firstRecord(folder: RunFolder, request: SandboxRequest, tools: SandboxTools): RunRecord {
  const { plan, goal, cores, network, assisted, guestMirror } = request;
  const { record } = plan;
  const { entries, sha256 } = record.disks[0];
  const where = SANDBOX_NAMES[plan.mode];
  const { elevate } = tools.programs;
  return {
    version: 1,
    id: folder.id,
    kind: plan.mode,
    goal,
    state: 'starting',
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    image: {
      id: null,
      label: `${checkoutLabel(record)}, ${where}${assisted === null ? '' : ', assisted'}`,
      kind: 'sandbox',
      sha256,
      inputDigest: record.inputDigest,
      streamEntries: entries.directories + entries.files,
      streamBytes: entries.payloadBytes,
    },
    // What there is: none is set aside for it.
    memoryMiB: 0,
    cores,
    accelerator: { asked: 'auto', used: null, reason: `Runs natively, in ${where}.`, probes: [] },
    qemu: null,
    machine: DEFAULT_MACHINE_OPTIONS,
    hold: null,
    resumedFrom: null,
    assisted,
    guestMirror,
    serial: null,
    sandbox: {
      tool: tools.tool,
      network,
      elevatedBy: elevate?.name ?? null,
      kernel: hostKernel(),
      restsOn: restsOn(plan.mode, request),
    },
    argv: sandboxArguments({
      mode: plan.mode,
      programs: tools.programs,
      root: join(folder.path, ROOT_FOLDER),
      network,
      init: sandboxInit(plan.archFolder),
    }),
    process: null,
    stoppedBy: null,
    stopReason: null,
    verdict: null,
    report: null,
  };
}

/** Said with the run and with its results. */
function restsOn(mode: SandboxMode, { network, plan }: SandboxRequest): string {
  const seeds =
    'Its two binary seeds (hex0-seed and kaem-optional-seed) are taken as files, not typed in by a boot sector';
  const early =
    plan.record.configuration?.earlyPreseed === true
      ? ' The early stages came from a preseed that nobody built here.'
      : '';
  const net = network ? ' It could reach this host’s network.' : ' It had no network.';
  const root =
    mode === 'chroot' ? ' It ran with root’s rights on this host, which a chroot does not hold in.' : '';
  return `This host’s kernel (${hostKernel()}) ran everything: no kernel was built from source to run the rest, as a kernel bootstrap does. ${seeds}.${early}${net}${root}`;
}

/** launch-run.ts speaks of QEMU. */
function inOurWords(error: unknown, mode: SandboxMode): unknown {
  if (!(error instanceof SeedbedError) || error.code !== 'QEMU_START_FAILED') return error;
  const { output, exit } = error.data as { output: string; exit: string };
  return new SeedbedError(
    'SANDBOX_START_FAILED',
    { name: SANDBOX_NAMES[mode], output, exit },
    { cause: error },
  );
}
