// A browser host whose engine is a script: the real page over the real wire, with states that the real engine seldom shows.
import { join } from 'node:path';
import { createTopic, type Topic } from '../../src/engine/broadcast.ts';
import type { RunRecord, RunSnapshot } from '../../src/shared/model/run.ts';
import { startWebHost, type WebHost } from '../../src/web/web-host.ts';
import { PROJECT_ROOT } from './built.ts';
import { scriptedSnapshot, summaryOf } from './scripted-data.ts';
import { type ScriptedLog, scriptedLog } from './scripted-log.ts';
import { scriptedRouter } from './scripted-router.ts';
import { createScript, type Script } from './scripted-script.ts';

export interface ScriptedHost extends Script {
  url: string;
  addRun(record: RunRecord, snapshot?: Partial<RunSnapshot>, log?: ScriptedLog): Topic<RunSnapshot>;
  close(): Promise<void>;
}

export async function startScriptedHost(): Promise<ScriptedHost> {
  const script = createScript();
  const host: WebHost = await startWebHost({
    router: scriptedRouter(script),
    pageFolder: join(PROJECT_ROOT, 'out', 'renderer'),
    port: 0,
  });
  return {
    ...script,
    url: host.url,
    addRun(record, snapshot = {}, log = scriptedLog('')) {
      const topic = createTopic(scriptedSnapshot(record, { logBytes: log.sizeBytes, ...snapshot }));
      script.snapshots.set(record.id, topic);
      script.logs.set(record.id, log);
      script.runs.set([summaryOf(record), ...script.runs.get()]);
      return topic;
    },
    close: () => host.close(),
  };
}
