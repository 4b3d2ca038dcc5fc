// The monitors of the fake QEMU: one client at a time each, as QEMU does; others wait until it has left.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { FakeMachine } from './fake-qemu-machine.ts';

export interface MonitorOptions {
  machine: FakeMachine;
  ignoreQuit: boolean;
  /** What the power button does. */
  powerDown: 'ignored' | 'ends';
  /** Files of the disks that are overlays: snapshots are kept at their ends. */
  overlays: string[];
  position: { get(): number; set(at: number): void };
  saveMilliseconds: number;
}

interface Command {
  execute: string;
  arguments?: Record<string, unknown>;
  id?: unknown;
}

interface Job {
  id: string;
  type: string;
  status: string;
  error?: string;
}

const SNAPSHOT = '\nfake snapshot ';

export function serveMonitor(path: string, options: MonitorOptions): void {
  const queue: Socket[] = [];
  const jobs = new Map<string, Job>();
  let busy = false;

  function serveNext(): void {
    const socket = busy ? undefined : queue.shift();
    if (socket === undefined) return;
    busy = true;
    const say = (message: object): void => void socket.write(`${JSON.stringify(message)}\r\n`);
    const leave = options.machine.listen(say);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      leave();
      busy = false;
      serveNext();
    });
    say({ QMP: { version: {}, capabilities: [] } });
    let text = '';
    let work = Promise.resolve();
    socket.on('data', (bytes) => {
      text += bytes.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const command = JSON.parse(text.slice(0, end)) as Command;
        text = text.slice(end + 1);
        work = work.then(async () => {
          if (command.execute === 'quit' && options.ignoreQuit) return;
          try {
            say({ return: (await obey(command, jobs, options)) ?? {}, id: command.id });
          } catch (error) {
            const desc = error instanceof Error ? error.message : String(error);
            say({ error: { class: 'GenericError', desc }, id: command.id });
          }
        });
      }
    });
  }

  rmSync(path, { force: true });
  createServer((socket) => {
    queue.push(socket);
    serveNext();
  }).listen(path);
}

async function obey(command: Command, jobs: Map<string, Job>, options: MonitorOptions): Promise<unknown> {
  const { machine } = options;
  const word = (name: string): string => String(command.arguments?.[name]);
  switch (command.execute) {
    case 'query-status':
      return { status: machine.state(), running: machine.state() === 'running' };
    case 'stop':
      if (machine.state() === 'running') machine.enter('paused');
      return undefined;
    case 'cont':
      appendFileSync('told', 'cont\n');
      machine.enter('running');
      return undefined;
    case 'quit':
      machine.emit('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' });
      setTimeout(() => process.exit(0), 10);
      return undefined;
    case 'system_powerdown':
      machine.emit('POWERDOWN');
      if (options.powerDown === 'ignored') return undefined;
      machine.emit('SHUTDOWN', { guest: true, reason: 'guest-shutdown' });
      setTimeout(() => process.exit(0), 50);
      return undefined;
    case 'system_reset':
      options.position.set(0);
      machine.emit('RESET', { guest: false, reason: 'host-qmp-system-reset' });
      return undefined;
    case 'screendump':
      // A picture of one black point.
      writeFileSync(word('filename'), Buffer.concat([Buffer.from('P6\n1 1\n255\n'), Buffer.from([0, 0, 0])]));
      if (command.arguments?.['format'] === 'png') throw new Error("Parameter 'format' is unexpected");
      return undefined;
    case 'query-blockstats':
      return [statistics('boot')];
    case 'snapshot-save':
    case 'snapshot-load':
    case 'snapshot-delete':
      return runJob(command.execute, { id: word('job-id'), tag: word('tag') }, jobs, options);
    case 'query-jobs':
      return [...jobs.values()];
    case 'job-dismiss':
      jobs.delete(word('id'));
      return undefined;
    default:
      return undefined;
  }
}

/** The command comes back when memory is on disk, as QEMU's does. */
async function runJob(
  type: string,
  { id, tag }: { id: string; tag: string },
  jobs: Map<string, Job>,
  { machine, overlays, position, saveMilliseconds }: MonitorOptions,
): Promise<undefined> {
  const [first] = overlays;
  const before = machine.state();
  const line = `${SNAPSHOT}${tag} at `;
  const text = first === undefined ? '' : readFileSync(first).toString('latin1');
  const found = text.lastIndexOf(line);
  const job: Job = { id, type, status: 'concluded' };
  jobs.set(id, job);
  if (first === undefined) job.error = 'no disk takes snapshots';
  else if (type === 'snapshot-save') {
    machine.enter('save-vm');
    await new Promise((resolve) => setTimeout(resolve, saveMilliseconds));
    appendFileSync(first, `${line}${position.get()}\n`);
    machine.enter(before);
  } else if (type === 'snapshot-delete') writeFileSync(first, text.replaceAll(line, '\nremoved '), 'latin1');
  else if (found < 0) job.error = `there is no snapshot ${tag}`;
  else position.set(Number.parseInt(text.slice(found + line.length), 10));
  return undefined;
}

function statistics(device: string): object {
  const counts = Object.fromEntries(
    ['rd', 'wr', 'flush'].flatMap((what) => [
      [`${what}_operations`, 3],
      [`failed_${what}_operations`, 0],
    ]),
  );
  return { device, 'node-name': `disk-${device}`, stats: { ...counts, rd_bytes: 1536, wr_bytes: 512 } };
}
