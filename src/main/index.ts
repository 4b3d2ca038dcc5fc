// Electron host: the list of what happens at start, in order. Everything that does work is in the engine.
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerSaveBlocker,
  protocol,
  session,
  shell,
} from 'electron';
import { openEngine } from '../engine/engine.ts';
import { useResourcesFolder } from '../engine/image/resources.ts';
import { pageFolder } from '../engine/page/page-folder.ts';
import { createRouter } from '../engine/router/router.ts';
import { describeError } from '../shared/error-texts.ts';
import { findCommandLine } from './command-line.ts';
import { handOutPorts } from './connect.ts';
import { takeDrops } from './drops.ts';
import { createMenu } from './menu.ts';
import { askInDialog, chooseInDialog, createWakefulness } from './native.ts';
import { createNotifier } from './notify.ts';
import { registerPageScheme, servePage } from './protocol.ts';
import { refuseDebugging, restrictContents, restrictSession } from './security.ts';
import { openWindow, preloadPath } from './window.ts';

// Before the app is ready: one instance, every page sandboxed, the page's scheme known.
if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  if (app.isPackaged) refuseDebugging(app.commandLine);
  app.enableSandbox();
  registerPageScheme(protocol);
  restrictContents(app, (url) => shell.openExternal(url));
  app.on('second-instance', () => void focusWindow());
  app.on('window-all-closed', () => app.quit());
  app.whenReady().then(start).catch(endWith);
}

async function start(): Promise<void> {
  restrictSession(session.defaultSession);
  // In a package the resources lie beside the archive that the code is in.
  if (app.isPackaged) useResourcesFolder(process.resourcesPath);
  const engine = await openEngine({
    host: {
      kind: 'window',
      command: await findCommandLine({
        env: process.env,
        resources: app.isPackaged ? process.resourcesPath : null,
      }),
      choose: (kind) => chooseInDialog(dialog, focusedWindow(), kind),
      askBeforeFlash: (question) => askInDialog(dialog, focusedWindow(), question),
      keepAwake: createWakefulness(powerSaveBlocker),
      notify: createNotifier({
        Notification,
        isFocused: () => BrowserWindow.getFocusedWindow() !== null,
        comeForward: focusWindow,
      }),
    },
    env: process.env,
  });
  void engine.guestMirrors.revive();
  // From here on, whatever ends the program: a window may be closed while its page still loads.
  closeBeforeQuit(() => engine.close());
  servePage(protocol, await pageFolder());
  handOutPorts(ipcMain, createRouter(engine), () => BrowserWindow.getAllWindows());
  takeDrops(ipcMain, engine.places, () => BrowserWindow.getAllWindows());
  Menu.setApplicationMenu(createMenu(Menu, process.platform));
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openOurWindow().catch(endWith);
  });
  await openOurWindow();
}

function openOurWindow(): Promise<void> {
  return openWindow(BrowserWindow, { preload: preloadPath(import.meta.url), devTools: !app.isPackaged });
}

function endWith(error: unknown): void {
  const { code, message, hint } = describeError(error);
  const stack = code === 'BUG' && error instanceof Error ? `\n\n${error.stack ?? ''}` : '';
  dialog.showErrorBox('Seedbed could not start', `${message}\n\n${hint}\n\n(${code})${stack}`);
  app.exit(1);
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

function focusWindow(): BrowserWindow | null {
  const window = focusedWindow();
  if (window?.isMinimized() === true) window.restore();
  window?.focus();
  return window;
}
