// Electron host: the list of what happens at start, in order. Everything that does work is in the engine.
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, shell } from 'electron';
import { openEngine } from '../engine/engine.ts';
import { pageFolder } from '../engine/page/page-folder.ts';
import { createRouter } from '../engine/router/router.ts';
import { handOutPorts } from './connect.ts';
import { createMenu } from './menu.ts';
import { chooseInDialog } from './native.ts';
import { registerPageScheme, servePage } from './protocol.ts';
import { restrictContents, restrictSession } from './security.ts';
import { openWindow, preloadPath } from './window.ts';

// Before the app is ready: one instance, every page sandboxed, the page's scheme known.
if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  app.enableSandbox();
  registerPageScheme(protocol);
  restrictContents(app, (url) => shell.openExternal(url));
  app.on('second-instance', () => focusWindow());
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      dialog.showErrorBox(
        'Seedbed could not start',
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      app.exit(1);
    });
}

async function start(): Promise<void> {
  restrictSession(session.defaultSession);
  const engine = await openEngine({
    host: { kind: 'window', choose: (kind) => chooseInDialog(dialog, focusedWindow(), kind) },
    env: process.env,
  });
  servePage(protocol, await pageFolder());
  handOutPorts(ipcMain, createRouter(engine), () => BrowserWindow.getAllWindows());
  Menu.setApplicationMenu(createMenu(Menu, process.platform));
  await openWindow(BrowserWindow, preloadPath(import.meta.url));
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0)
      void openWindow(BrowserWindow, preloadPath(import.meta.url));
  });
  closeBeforeQuit(() => engine.close());
}

/** Jobs end and files are whole before the process goes; runs go on without it. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}

function focusedWindow(): BrowserWindow | null {
  return BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? null;
}

function focusWindow(): void {
  const window = focusedWindow();
  if (window?.isMinimized() === true) window.restore();
  window?.focus();
}
