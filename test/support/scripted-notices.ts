// Notices of a scripted host, and the settings that decide what becomes of them.
import { implement } from '@orpc/server';
import { createTopic, type Topic } from '../../src/engine/broadcast.ts';
import { mergeSettings } from '../../src/engine/settings.ts';
import { settingsContract } from '../../src/shared/contract/settings.ts';
import { RunNotice } from '../../src/shared/model/notice.ts';
import { Settings } from '../../src/shared/model/settings.ts';

export interface ScriptedNotices {
  /** The last one; what a page sees of them begins with those after it came. */
  notices: Topic<RunNotice | null>;
  keptSettings: Topic<Settings>;
}

export function noScriptedNotices(): ScriptedNotices {
  return { notices: createTopic<RunNotice | null>(null), keptSettings: createTopic(Settings.parse({})) };
}

export function scriptedNotice(change: Partial<RunNotice> = {}): RunNotice {
  return RunNotice.parse({
    run: 'long',
    kind: 'ended',
    tone: 'good',
    at: new Date().toISOString(),
    title: 'A run passed: live-bootstrap',
    text: 'The whole bootstrap is done.',
    elapsedMilliseconds: 7_200_000,
    ...change,
  });
}

export async function* watchScripted(
  { notices }: ScriptedNotices,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunNotice, void, void> {
  let first = true;
  for await (const notice of notices.watch({ signal })) {
    if (!first && notice !== null) yield notice;
    first = false;
  }
}

export function scriptedSettings({ keptSettings }: ScriptedNotices) {
  const os = implement(settingsContract);
  const now = (): Settings => keptSettings.get();
  return os.router({
    get: os.get.handler(now),
    change: os.change.handler(({ input }) => {
      keptSettings.set(mergeSettings(now(), input));
      return now();
    }),
    mapToFolder: os.mapToFolder.handler(now),
    addFolder: os.addFolder.handler(now),
    removeFolder: os.removeFolder.handler(now),
  });
}
