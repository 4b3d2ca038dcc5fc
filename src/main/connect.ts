// Hands the page its one port. Who asks is checked here, once; the other IPC channel of the app (drops.ts) asks here too.
import type { BrowserWindow, IpcMain, IpcMainEvent } from 'electron';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { PORT_CHANNEL } from '../shared/window-protocol.ts';
import { isPageUrl } from './security.ts';

export function handOutPorts(ipcMain: IpcMain, router: AnyRouter, windows: () => BrowserWindow[]): void {
  const handler = new RPCHandler(router);
  ipcMain.on(PORT_CHANNEL, (event) => {
    const [port, ...more] = event.ports;
    if (port === undefined) return;
    if (more.length > 0 || !mayHavePort(event, windows())) {
      for (const refused of event.ports) refused.close();
      return;
    }
    handler.upgrade(port);
    port.start();
  });
}

/** Only the main frame of one of our own windows, showing our own page. */
export function mayHavePort(event: IpcMainEvent, windows: BrowserWindow[]): boolean {
  const frame = event.senderFrame;
  if (frame === null || frame.parent !== null || !isPageUrl(frame.url)) return false;
  return windows.some((window) => window.webContents === event.sender);
}
