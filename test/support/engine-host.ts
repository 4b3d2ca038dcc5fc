// The browser host with the real engine on a data folder of the test's.
import { join } from 'node:path';
import { type Engine, type EngineOptions, type HostActions, openEngine } from '../../src/engine/engine.ts';
import { createPlaces } from '../../src/engine/places.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import { startWebHost } from '../../src/web/web-host.ts';
import { PROJECT_ROOT } from './built.ts';

export interface EngineHost {
  url: string;
  engine: Engine;
  /** Ends every run of this data folder, then the host. */
  close(): Promise<void>;
}

export interface EngineHostOptions {
  actions?: Partial<HostActions>;
  driveSource?: NonNullable<EngineOptions['driveSource']>;
}

/** `roots`: folders that the chooser starts from. */
export async function startEngineHost(
  dataRoot: string,
  roots?: string[],
  { actions, ...options }: EngineHostOptions = {},
): Promise<EngineHost> {
  const opened = await openEngine({
    host: { kind: 'browser', choose: null, ...actions },
    env: process.env,
    dataRoot,
    ...options,
  });
  const engine = roots === undefined ? opened : { ...opened, places: createPlaces(roots) };
  const host = await startWebHost({
    router: createRouter(engine),
    pageFolder: join(PROJECT_ROOT, 'out', 'renderer'),
    port: 0,
  });
  return {
    url: host.url,
    engine,
    async close() {
      await host.close();
      for (const run of await engine.runs.list()) {
        if (run.state !== 'ended' && run.state !== 'lost') await engine.runs.stop(run.id);
      }
      await engine.close();
    },
  };
}
