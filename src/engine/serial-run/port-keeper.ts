// What the host that watches a serial run does beside reading the log: says when the port is away and when it is back, and what the run turns out to be for.
import type { Verdict } from '../../shared/model/console.ts';
import type { PortState } from '../../shared/model/serial.ts';
import { eventNow } from '../run/event-log.ts';
import type { KeeperOptions, MachineKeeper } from '../run/machine-keeper.ts';
import { readPortState } from './port-state.ts';

type PortKeeperOptions = Pick<KeeperOptions, 'folder' | 'record' | 'save' | 'tell'>;

export function openPortKeeper({ folder, record, save, tell }: PortKeeperOptions): MachineKeeper {
  let losses: number | null = null;
  let known: PortState | null = null;

  async function follow(port: PortState): Promise<void> {
    const { hold, serial } = record();
    const device = serial?.device ?? 'the port';
    const missed = losses !== null && port.losses > losses && port.state === 'open';
    losses = port.losses;
    if (port.state === 'open') {
      if (hold?.by === 'port') await save({ hold: null });
      if (hold?.by === 'port' || missed)
        await tell([
          eventNow('resumed', `The port ${device} is back. What the machine said meanwhile is lost.`),
        ]);
    } else if (hold?.text !== sentence(device, port)) {
      await save({ hold: { by: 'port', since: port.since, text: sentence(device, port) } });
      await tell([eventNow('paused', sentence(device, port))]);
    }
  }

  return {
    state: () => null,
    wasReset: () => false,
    async step(report) {
      const { goal, serial } = record();
      // Nobody said what the machine boots: its own first lines do.
      const seen = report.bootCheck === null ? 'end' : 'boot-check';
      if (serial?.imageNamed === false && goal !== seen) await save({ goal: seen });
      const port = await readPortState(folder.path);
      if (port === null || JSON.stringify(port) === JSON.stringify(known)) return;
      await follow(port);
      known = port;
    },
    close: () => undefined,
  };
}

function sentence(device: string, { state, reason }: PortState): string {
  const text =
    state === 'gone'
      ? `The port ${device} is away (${reason.replace(/\.$/, '')}). Plug it in again: the capture goes on by itself.`
      : `What comes from ${device} cannot be written. ${reason}`;
  return text.slice(0, 500);
}

/** The words of a verdict that speak of QEMU, for a machine without it. */
export function serialVerdict(verdict: Verdict): Verdict {
  if (verdict.cause === 'lost')
    return {
      ...verdict,
      sentence: 'The capture of the serial port ended and nobody saw how; the log stops before the goal.',
      hint: 'The real machine may still run. Attach to its port again to see what it says now: that is a new run.',
    };
  if (verdict.cause === 'stopped')
    return {
      ...verdict,
      sentence: 'The capture was ended before the goal was seen. The real machine was not touched.',
      hint: 'The machine may still run. Attach to its port again to see what it says now: that is a new run.',
    };
  return verdict;
}
