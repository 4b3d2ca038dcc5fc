// One command's engine, client and signals.
import { createRouterClient } from '@orpc/server';
import { type Engine, type HostActions, openEngine } from '../engine/engine.ts';
import { createRouter } from '../engine/router/router.ts';
import { ownCommand } from './command-line.ts';
import type { SeedbedClient } from '../shared/contract/contract.ts';

export interface Session {
  engine: Engine;
  client: SeedbedClient;
  /** Aborted by Ctrl-C, SIGTERM or a closed terminal. */
  signal: AbortSignal;
}

/** Open the engine for the time of one command; runs that it started go on afterwards. */
export async function withSession<T>(
  work: (session: Session) => Promise<T>,
  actions: Pick<HostActions, 'askBeforeFlash'> = {},
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  // A reader that went away (`seedbed runs log | head`) is a reason to end, not a fault.
  process.stdout.on('error', interrupt);
  const engine = await openEngine({
    host: { kind: 'command line', choose: null, command: ownCommand(), ...actions },
    env: process.env,
  });
  try {
    return await work({
      engine,
      client: createRouterClient(createRouter(engine)),
      signal: controller.signal,
    });
  } finally {
    await engine.close();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, interrupt);
  }
}
