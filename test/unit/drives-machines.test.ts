// The rules held against more than 60 computers: no system, data or swap drive is ever offered, and what is free is.
import { describe, expect, it } from 'vitest';
import { readLinuxFacts } from '../../src/engine/formats/drives/linux-facts.ts';
import { listDrives } from '../../src/engine/formats/drives/list-drives.ts';
import type { MachineFacts } from '../../src/engine/formats/drives/machine-facts.ts';
import { readMacFacts } from '../../src/engine/formats/drives/macos-facts.ts';
import { assessDrive, type DrivePurpose } from '../../src/engine/formats/drives/rules.ts';
import { readWindowsFacts } from '../../src/engine/formats/drives/windows-facts.ts';
import { DriveListing, type ListedDrive } from '../../src/shared/model/drive.ts';
import {
  type Device,
  everyDevice,
  type LinuxMachine,
  type LsblkStyle,
  snapshotOf,
} from '../support/drives-linux.ts';
import { LINUX_MACHINES, type MachineCase } from '../support/drives-linux-machines.ts';
import { MACS, macSnapshot } from '../support/drives-macs.ts';
import { WINDOWS_MACHINES } from '../support/drives-windows.ts';

const NOTHING: DrivePurpose = {
  imageBytes: null,
  dataFolderOn: [],
  imageOn: [],
  dataFolder: null,
  image: null,
  protectedDrives: [],
  problems: [],
};

function judge(facts: MachineFacts): ListedDrive[] {
  const drives = listDrives(facts).map((drive) =>
    assessDrive(drive, { ...NOTHING, problems: facts.problems }),
  );
  // What the contract carries must be able to carry every machine.
  DriveListing.parse({ drives, problems: facts.problems, allowWriting: true });
  return drives;
}

function expectCase(drives: readonly ListedDrive[], { free, refused, absent = [] }: MachineCase): void {
  const offered = drives.filter(({ confirmation }) => confirmation !== null);
  expect(offered.map(({ drive }) => drive.kernelName).sort()).toEqual([...free].sort());
  for (const [name, code] of Object.entries(refused)) {
    const listed = drives.find(({ drive }) => drive.kernelName === name);
    const codes = listed?.findings.filter(({ level }) => level === 'refuse').map((finding) => finding.code);
    expect({ name, codes }).toEqual({ name, codes: expect.arrayContaining([code]) as unknown });
  }
  for (const name of absent) expect(drives.map(({ drive }) => drive.kernelName)).not.toContain(name);
  expect(new Set(drives.map(({ drive }) => drive.id)).size).toBe(drives.length);
}

/** The truth by the description alone: whatever stands on a device makes it used, swap and everything outside of media folders. */
function isUsed(device: Device): boolean {
  return everyDevice([device]).some(
    (one) =>
      one.swap === true ||
      (one !== device && one.type !== 'part') ||
      (one.at ?? []).some((point) => !/^\/(?:media|run\/media|mnt)\//.test(point)),
  );
}

describe('more than 60 computers', () => {
  it('are that many, each of its own', () => {
    const names = [...LINUX_MACHINES, ...MACS, ...WINDOWS_MACHINES].map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(['new', 'old', 'blind'] as LsblkStyle[])('Linux, lsblk %s', (style) => {
  it.each(LINUX_MACHINES)('$name', (one) => {
    const drives = judge(readLinuxFacts(snapshotOf(one.machine, style)));
    expectCase(drives, one);
    for (const { drive, confirmation } of drives) {
      const device = one.machine.devices.find(({ name }) => name === drive.kernelName);
      if (device !== undefined && isUsed(device))
        expect({ drive: drive.path, confirmation }).toEqual({ drive: drive.path, confirmation: null });
    }
  });
});

describe('Linux, lsblk as a list without parents: sysfs alone ties, from above or from below', () => {
  it.each(['slaves', 'holders'] as const)('%s only', (kept) => {
    for (const one of LINUX_MACHINES) {
      const snapshot = snapshotOf(one.machine, 'flat');
      const other = kept === 'slaves' ? { holders: [] } : { slaves: [] };
      const blocks = snapshot.blocks.map((block) => ({ ...block, ...other }));
      expectCase(judge(readLinuxFacts({ ...snapshot, blocks })), one);
    }
  });
});

describe('Linux, what one of the sources does not tell', () => {
  const withSystem = LINUX_MACHINES.filter(({ refused }) => Object.values(refused).includes('system'));

  it.each(withSystem)('without lsblk nothing is offered: $name', ({ machine }) => {
    const problems = ['lsblk did not answer.'];
    const drives = judge(readLinuxFacts({ ...snapshotOf(machine, 'new'), lsblk: null, problems }));
    expect(drives.filter(({ confirmation }) => confirmation !== null)).toEqual([]);
  });

  it.each(withSystem)('with lsblk’s text cut off nothing is offered: $name', ({ machine }) => {
    const snapshot = snapshotOf(machine, 'new');
    const drives = judge(readLinuxFacts({ ...snapshot, lsblk: snapshot.lsblk?.slice(0, -20) ?? null }));
    expect(drives.filter(({ confirmation }) => confirmation !== null)).toEqual([]);
  });

  it.each(withSystem)('without sysfs no drive with a use is offered: $name', ({ machine }) => {
    const drives = judge(readLinuxFacts({ ...snapshotOf(machine, 'new'), blocks: [] }));
    for (const { drive, confirmation } of drives) {
      const device = machine.devices.find(({ name }) => name === drive.kernelName);
      if (device !== undefined && isUsed(device)) expect(confirmation).toBeNull();
    }
  });
});

describe('flags of a device decide nothing', () => {
  const flip = (device: Device, flags: Partial<Device>): Device => ({
    ...device,
    ...flags,
    ...(device.on === undefined ? {} : { on: device.on.map((one) => flip(one, flags)) }),
  });
  const flipped: [string, Partial<Device>][] = [
    ['removable', { rm: true, hotplug: true }],
    ['built in', { rm: false, hotplug: false }],
  ];
  it.each(flipped)('all drives say that they are %s: the same ones are system drives', (_, flags) => {
    for (const { machine } of LINUX_MACHINES) {
      const changed: LinuxMachine = { ...machine, devices: machine.devices.map((one) => flip(one, flags)) };
      const systems = (which: LinuxMachine): string[] =>
        judge(readLinuxFacts(snapshotOf(which, 'new')))
          .filter(({ drive }) => drive.system)
          .map(({ drive }) => drive.kernelName);
      expect(systems(changed)).toEqual(systems(machine));
    }
  });
});

describe('macOS', () => {
  it.each(MACS)('$name', (one) => {
    expectCase(judge(readMacFacts(macSnapshot(one.machine))), one);
  });
});

describe('Windows', () => {
  it.each(WINDOWS_MACHINES)('$name', (one) => {
    expectCase(judge(readWindowsFacts(JSON.stringify(one.machine))), one);
  });
});
