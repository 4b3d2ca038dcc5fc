// A sandbox answers as QEMU's monitor does (docs/interop/qmp-spec in QEMU's sources, 7.2), so that whatever watches, pauses and stops a machine does the same
// with a sandbox and knows no difference. What only a machine has is refused in words.
import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';

export interface Monitored {
  state(): 'running' | 'paused';
  /** Null, or why not. */
  pause(): string | null;
  resume(): string | null;
  quit(): void;
}

const Command = z.object({
  execute: z.string(),
  id: z.unknown().optional(),
});
const GREETING = {
  QMP: { version: { qemu: { major: 0, minor: 0, micro: 0 }, package: 'seedbed sandbox' }, capabilities: [] },
};
const LONGEST_LINE = 65_536;

export interface MonitorServer {
  listen(name: string): Promise<void>;
  /** Tell everybody who listens that the state is another one. */
  tell(event: 'STOP' | 'RESUME' | 'SHUTDOWN'): void;
  close(): void;
}

export function createMonitorServer(machine: Monitored): MonitorServer {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];

  function answer(socket: Socket, line: string): void {
    const parsed = Command.safeParse(parse(line));
    if (!parsed.success) {
      socket.destroy();
      return;
    }
    const { execute, id } = parsed.data;
    const reply = (value: object): void => void socket.write(`${JSON.stringify({ ...value, id })}\r\n`);
    const refuse = (desc: string): void => reply({ error: { class: 'GenericError', desc } });
    const done = (problem: string | null): void => {
      if (problem === null) reply({ return: {} });
      else refuse(problem);
    };
    const state = machine.state();
    if (execute === 'qmp_capabilities') done(null);
    else if (execute === 'query-status') reply({ return: { status: state, running: state === 'running' } });
    else if (execute === 'stop') done(machine.pause());
    else if (execute === 'cont') done(machine.resume());
    else if (execute === 'quit') {
      done(null);
      machine.quit();
    } else refuse(`a sandbox is no machine: it has no ${execute}`);
  }

  function serve(socket: Socket): void {
    let buffered = '';
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => {
      buffered += text;
      if (buffered.length > LONGEST_LINE) socket.destroy();
      const lines = buffered.split('\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') answer(socket, line);
    });
    socket.write(`${JSON.stringify(GREETING)}\r\n`);
  }

  return {
    async listen(name) {
      const server = createServer(serve);
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(name, resolve);
      });
    },
    tell(event) {
      const now = Date.now();
      const timestamp = { seconds: Math.floor(now / 1000), microseconds: (now % 1000) * 1000 };
      for (const socket of sockets) socket.write(`${JSON.stringify({ event, data: {}, timestamp })}\r\n`);
    },
    close() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
