// Listens as long as the page is open: tells of runs that end or wait for somebody, by notification where the page shows them, and by tone. Shows nothing itself.
import { type ReactNode, useRef } from 'react';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import { deservesSound, type RunNotice } from '../../../shared/model/notice.ts';
import { useConnection, useLive } from '../connection/context.tsx';
import { showBrowserNotice } from './browser-notice.ts';
import { playTone } from './tone.ts';

export function RunNotices(): ReactNode {
  const isBrowser = useConnection().info?.host === 'browser';
  /** What ended while the connection was lost is told when it is back. */
  const heardUntil = useRef<string | null>(null);
  useLive(`notices ${isBrowser}`, async (client, signal) => {
    const since = heardUntil.current;
    heardUntil.current ??= new Date().toISOString();
    const stream = await client.run.notices(since === null ? {} : { since }, { signal });
    return (async function* told() {
      for await (const notice of stream) {
        heardUntil.current = new Date().toISOString();
        tell(client, notice, isBrowser).catch(() => undefined);
        yield notice;
      }
    })();
  });
  return null;
}

async function tell(client: SeedbedClient, notice: RunNotice, isBrowser: boolean): Promise<void> {
  const { notices } = await client.settings.get({});
  const isSeen = document.hasFocus();
  if (isBrowser && notices.desktop && !isSeen) showBrowserNotice(notice);
  if (notices.sound && (!isSeen || deservesSound(notice))) await playTone(notice.tone);
}
