// Starts the system that a run has finished, from its own kernel, on a throw-away layer over its disk. Directly and not by GRUB, whose menu names the disk
// as it was called during the bootstrap (live-bootstrap 984b8322, steps/improve/make_bootable.sh), and whose shell is on the screen only.
// Source of the arguments for init: Linux 4.14, init/main.c (what follows `--` goes to init; double quotes keep words together).
import type { RunBoot } from '../../shared/model/results.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { type MachineSettings, programOf, terminalArguments } from '../run/qemu-command.ts';

/** bash as the first program, on the serial port: the finished /init opens its shell on the screen's first console. */
const SHELL = [
  'mount -t proc proc /proc',
  'mount -t sysfs sysfs /sys',
  'mount -t tmpfs tmpfs /tmp',
  'export HOME=/root PATH=/usr/bin:/usr/sbin TERM=vt100',
  'cd /',
  'bash -i',
  'echo o > /proc/sysrq-trigger',
  'sleep 60',
].join('; ');

export function rebootCommand(
  run: { qemu: NonNullable<RunRecord['qemu']>; accelerator: MachineSettings['accelerator'] },
  machine: Pick<MachineSettings, 'memoryMiB' | 'cores' | 'bus'>,
  disk: { path: string; role: string; format: 'raw' | 'qcow2'; partition: number; fileSystem: string },
  kernel: string,
): RunBoot {
  const settings: MachineSettings = {
    ...machine,
    accelerator: run.accelerator,
    goal: 'end',
    program: programOf(run.qemu.path),
    machineVersion: null,
    paused: false,
    kernel: { path: kernel, commandLine: commandLine(disk) },
  };
  return {
    argv: [
      run.qemu.path,
      ...terminalArguments(settings, [{ role: disk.role, path: disk.path, format: disk.format }]),
    ],
    notes: [
      'Nothing that you change there is kept: the run’s disk stays as it is.',
      'Leave with exit; the machine then powers off.',
    ],
  };
}

/** The only disk is sda, on either bus. */
export function commandLine({ partition, fileSystem }: { partition: number; fileSystem: string }): string {
  const root = `/dev/sda${partition === 0 ? '' : partition}`;
  return `console=ttyS0 root=${root} rootfstype=${fileSystem} rootwait rw init=/bin/bash -- -c "${SHELL}"`;
}
