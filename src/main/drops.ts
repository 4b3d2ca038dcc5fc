// What the person drops on the page: the preload sends its paths, the page gets tokens for them. Who sends is checked as for a port.
import { isAbsolute } from 'node:path';
import type { BrowserWindow, IpcMain } from 'electron';
import type { Places } from '../engine/places.ts';
import type { Place } from '../shared/model/host.ts';
import { DROP_CHANNEL, MOST_DROPPED } from '../shared/window-protocol.ts';
import { mayHavePort } from './connect.ts';

export function takeDrops(
  ipcMain: IpcMain,
  places: Pick<Places, 'mint'>,
  windows: () => BrowserWindow[],
): void {
  ipcMain.on(DROP_CHANNEL, (event, paths: unknown) => {
    const [port, ...more] = event.ports;
    if (port === undefined) return;
    const dropped = mayHavePort(event, windows()) && more.length === 0 ? readPaths(paths) : null;
    if (dropped === null) for (const refused of event.ports) refused.close();
    // The page closes it when it has read the answer.
    else port.postMessage(dropped.map((path) => placeOf(path, places)));
  });
}

/** Null where the system gave no path, as for what was dragged out of another program. */
function placeOf(path: string, places: Pick<Places, 'mint'>): Place | null {
  return isAbsolute(path) && !path.includes('\0') ? places.mint(path) : null;
}

function readPaths(paths: unknown): string[] | null {
  if (!Array.isArray(paths) || paths.length > MOST_DROPPED) return null;
  const texts = paths.filter((path) => typeof path === 'string');
  return texts.length === paths.length ? texts : null;
}
