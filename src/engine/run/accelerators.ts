// Which accelerator really works: each is tried by booting the boot check with it, since /dev/kvm can be there and fail (docs/ARCHITECTURE.md, "A run").
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { Image } from '../../shared/model/image.ts';
import type { Accelerator, AcceleratorChoice, AcceleratorProbe } from '../../shared/model/run.ts';
import type { ProgressReport } from '../jobs.ts';
import { osCodeOf } from '../os-errors.ts';
import { bootProbe } from './boot-probe.ts';
import type { AcceleratorMemory } from './accelerator-memory.ts';
import type { Qemu } from './find-qemu.ts';

export interface ProbeContext {
  qemu: Qemu;
  /** The boot check, built when it is first needed. */
  bootCheck: () => Promise<Image>;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
  memory: AcceleratorMemory;
  kvmDevice?: string | undefined;
  timeouts?: Partial<Record<Accelerator, number>> | undefined;
  platform?: NodeJS.Platform;
}

/** In milliseconds. A boot check takes a second under TCG on a quiet machine, less in hardware; busy ones need many
 *  times that, and a broken KVM may crawl through the firmware for seconds before it gives up. */
const TIMEOUTS: Record<Accelerator, number> = { kvm: 20_000, hvf: 20_000, whpx: 20_000, tcg: 60_000 };

/** What executes a guest in hardware, by system (QEMU, system/introduction, "Virtualisation Accelerators"). */
const HARDWARE: Partial<Record<NodeJS.Platform, Exclude<Accelerator, 'tcg'>>> = {
  linux: 'kvm',
  darwin: 'hvf',
  win32: 'whpx',
};
/** Systems in words, where an accelerator belongs to one. */
const SYSTEMS: Record<Exclude<Accelerator, 'tcg'>, string> = { kvm: 'Linux', hvf: 'macOS', whpx: 'Windows' };

/** What is worth trying on this system, fastest first. */
export function acceleratorsOf(platform: NodeJS.Platform = process.platform): Accelerator[] {
  const hardware = HARDWARE[platform];
  return hardware === undefined ? ['tcg'] : [hardware, 'tcg'];
}

export interface AcceleratorDecision {
  used: Accelerator;
  /** The sentence that the user reads. */
  reason: string;
  probes: AcceleratorProbe[];
}

/** Throws ACCELERATOR_UNAVAILABLE when the user asked for one that does not work. `auto` always ends in one. */
export async function chooseAccelerator(
  asked: AcceleratorChoice,
  context: ProbeContext,
): Promise<AcceleratorDecision> {
  if (asked === 'tcg') return { used: 'tcg', reason: 'TCG was asked for.', probes: [] };
  const wanted = asked === 'auto' ? acceleratorsOf(context.platform)[0] : asked;
  if (wanted === undefined || wanted === 'tcg')
    return {
      used: 'tcg',
      reason: 'QEMU knows no hardware acceleration on this system, so TCG is used.',
      probes: [],
    };
  const name = wanted.toUpperCase();
  const obstacle = await obstacleTo(wanted, context);
  const known = obstacle === null ? await context.memory.recall(wanted, context.qemu) : null;
  const probe = known?.probe ?? (await probeAccelerator(wanted, context));
  const tried = known === null ? '' : `; tried on ${known.at.slice(0, 16).replace('T', ' ')} UTC`;
  if (probe.works)
    return { used: wanted, reason: `${name} works (${probe.reason}${tried}).`, probes: [probe] };
  const reason = `${probe.reason}${tried}`;
  if (asked !== 'auto') throw new SeedbedError('ACCELERATOR_UNAVAILABLE', { accelerator: wanted, reason });
  return { used: 'tcg', reason: `${name} does not work here (${reason}), so TCG is used.`, probes: [probe] };
}

/** One after the other: two probes at once would slow each other. */
export async function probeAccelerators(
  accelerators: readonly Accelerator[],
  context: ProbeContext,
): Promise<AcceleratorProbe[]> {
  const probes: AcceleratorProbe[] = [];
  for (const accelerator of accelerators) probes.push(await probeAccelerator(accelerator, context));
  return probes;
}

const DEFAULT_KVM_DEVICE = '/dev/kvm';

async function probeAccelerator(accelerator: Accelerator, context: ProbeContext): Promise<AcceleratorProbe> {
  const { signal, report } = context;
  signal.throwIfAborted();
  const obstacle = await obstacleTo(accelerator, context);
  if (obstacle !== null) return { accelerator, works: false, reason: obstacle, milliseconds: 0 };
  report({
    step: 'probe',
    label: `Trying ${accelerator.toUpperCase()} with the boot check`,
    done: 0,
    total: null,
    unit: 'steps',
  });
  const image = await context.bootCheck();
  const { works, reason, milliseconds } = await bootProbe({
    qemu: context.qemu,
    image,
    accelerator,
    env: context.env,
    signal,
    timeoutMilliseconds: context.timeouts?.[accelerator] ?? TIMEOUTS[accelerator],
  });
  const probe = { accelerator, works, reason: reason.slice(0, 1000), milliseconds };
  await context.memory.remember(probe, context.qemu);
  return probe;
}

/** What can be said without starting anything; null when it may work. */
async function obstacleTo(accelerator: Accelerator, context: ProbeContext): Promise<string | null> {
  const { kvmDevice: device = DEFAULT_KVM_DEVICE, platform = process.platform } = context;
  if (accelerator === 'tcg') return null;
  if (HARDWARE[platform] !== accelerator)
    return `${accelerator.toUpperCase()} is part of ${SYSTEMS[accelerator]}`;
  if (accelerator !== 'kvm') return null;
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT')
      return `there is no ${device}: this processor, its firmware or the virtual machine around it offers no virtualization`;
    return `your user may not open ${device}; usually this helps: sudo usermod -aG kvm "$USER", then log in again`;
  }
}
