// The one window.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserWindow } from 'electron';
import { PAGE_ORIGIN } from './protocol.ts';
import { WEB_PREFERENCES } from './security.ts';

export interface WindowOptions {
  preload: string;
  devTools: boolean;
}

export async function openWindow(
  Window: typeof BrowserWindow,
  { preload, devTools }: WindowOptions,
): Promise<void> {
  const window = new Window({
    width: 1280,
    height: 840,
    minWidth: 900,
    minHeight: 600,
    title: 'Seedbed',
    show: false,
    webPreferences: { ...WEB_PREFERENCES, devTools, preload },
  });
  window.once('ready-to-show', () => window.show());
  try {
    await window.loadURL(`${PAGE_ORIGIN}/`);
  } catch (error) {
    // A person may close it before the page is there; nothing has failed then.
    if (!window.isDestroyed()) throw error;
  }
}

/** out/main/index.js → out/preload/index.cjs */
export function preloadPath(mainUrl: string): string {
  return join(dirname(dirname(fileURLToPath(mainUrl))), 'preload', 'index.cjs');
}
