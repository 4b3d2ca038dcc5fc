// Drives that a test plugs in and out, handed to the engine in place of this computer's: read by the same code as a real machine's output.
import type { DriveSource } from '../../src/engine/drives/drive-source.ts';
import { readLinuxFacts } from '../../src/engine/formats/drives/linux-facts.ts';
import { type Device, type LinuxMachine, snapshotOf } from './drives-linux.ts';

export interface DriveStandIn {
  source: DriveSource;
  set(devices: Device[], more?: Partial<LinuxMachine>): void;
}

export function standInDrives(devices: Device[]): DriveStandIn {
  let machine: LinuxMachine = { devices };
  let wake = new Set<() => void>();
  return {
    source: {
      read: () => Promise.resolve(readLinuxFacts(snapshotOf(machine, 'new'))),
      async *changes(signal) {
        const isOver = (): boolean => signal.aborted;
        while (!isOver()) {
          const next = new Promise<void>((done) => {
            wake.add(done);
            signal.addEventListener('abort', () => done(), { once: true });
          });
          yield;
          await next;
        }
      },
    },
    set(next, more = {}) {
      machine = { ...more, devices: next };
      const waiting = wake;
      wake = new Set();
      for (const done of waiting) done();
    },
  };
}
