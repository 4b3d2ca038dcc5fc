// Electron's security list on the running program (docs/SECURITY.md): what it set, and what it answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../support/built.ts';
import type { RunningProgram } from '../support/electron-stand-in/run-program.ts';
import { usePrograms, windowShown } from '../support/electron-stand-in/use-programs.ts';

const start = usePrograms();
let program: RunningProgram;
let home = '';
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'seedbed-security-'));
  program = start({ home });
  await windowShown(program);
});
afterAll(async () => {
  await program.kill();
  rmSync(home, { recursive: true, force: true });
});

describe('what is set', () => {
  test('every page is sandboxed, and the only scheme of ours is standard and secure, with no way around the policy', async () => {
    const { sandboxed, schemes } = await program.act.record();
    expect({ sandboxed, schemes }).toEqual({
      sandboxed: true,
      schemes: [{ scheme: 'app', privileges: { standard: true, secure: true } }],
    });
  });

  test('one window, which shows our page and can do nothing but that', async () => {
    const { windows } = await program.act.record();
    expect(windows).toHaveLength(1);
    expect(windows[0]).toMatchObject({ url: 'app://seedbed/', shown: true });
    expect(windows[0]?.options.webPreferences).toEqual({
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: true,
      preload: join(PROJECT_ROOT, 'out', 'preload', 'index.cjs'),
    });
  });

  test('one IPC channel, and no protocol handler, login, certificate or protocol-client event of the app is taken over', async () => {
    const { ipcChannels, listensTo } = await program.act.record();
    expect({ ipcChannels, listensTo }).toEqual({
      ipcChannels: ['seedbed-port', 'seedbed-drop'],
      listensTo: ['activate', 'second-instance', 'web-contents-created', 'will-quit', 'window-all-closed'],
    });
  });

  test('the menu opens no developer tools', async () => {
    const { menu } = await program.act.record();
    expect(menu).toContain('editMenu');
    expect(menu.filter((name) => /dev|inspect/i.test(name))).toEqual([]);
  });
});

test('a packaged program has no developer tools, and takes no switch that lets others drive it', async () => {
  const switches = [
    'remote-debugging-port',
    'remote-debugging-pipe',
    'remote-allow-origins',
    'ozone-platform',
  ];
  const packaged = start({ home: join(home, 'packaged'), setup: { isPackaged: true, switches } });
  await windowShown(packaged);
  const record = await packaged.act.record();
  expect(record.windows[0]?.options.webPreferences?.devTools).toBe(false);
  expect(record.switches).toEqual(['ozone-platform']);
  await packaged.kill();
});

describe('permissions', () => {
  // Every name that Electron 45 lists for either handler, and one that it will invent.
  const NAMES =
    'accessibility-events ar automatic-fullscreen background-fetch background-sync captured-surface-control clipboard-read ' +
    'deprecated-sync-clipboard-read display-capture fileSystem fullscreen geolocation geolocation-approximate hand-tracking hid idle-detection ' +
    'keyboardLock local-fonts local-network local-network-access loopback-network media mediaKeySystem midi midiSysex nfc notifications openExternal ' +
    'payment-handler periodic-background-sync persistent-storage pointerLock screen-wake-lock sensors serial smart-card speaker-selection ' +
    'storage-access system-wake-lock top-level-storage-access usb vr web-app-installation web-printing window-management unknown invented-tomorrow';

  test('writing plain text to the clipboard is granted, nothing else is', async () => {
    const granted: string[] = [];
    for (const name of [...NAMES.split(' '), 'clipboard-sanitized-write']) {
      const { request, check } = await program.act.permission(name);
      if (request || check) granted.push(`${name}: request ${String(request)}, check ${String(check)}`);
    }
    expect(granted).toEqual(['clipboard-sanitized-write: request true, check true']);
  });

  test.each(['hid', 'serial', 'usb'] as const)('no %s device is given out', async (kind) => {
    expect(await program.act.device(kind)).toBe(false);
  });

  test('the screen is not shared', async () => {
    expect(await program.act.displayMedia()).toEqual({ granted: false });
  });

  test('nothing becomes a file but what the page made itself', async () => {
    const saved: string[] = [];
    for (const url of [
      'https://example.org/program.exe',
      'app://seedbed/index.html',
      'data:text/plain,text',
      'blob:https://example.org/5a0e',
      'blob:app://seedbed.org/5a0e',
      'blob:null/5a0e',
      'blob:app://seedbed/5a0e',
    ])
      if (!(await program.act.download(url))) saved.push(url);
    expect(saved).toEqual(['blob:app://seedbed/5a0e']);
  });
});

describe('navigation', () => {
  const FOREIGN = [
    'https://example.org/',
    'http://seedbed/',
    'https://seedbed/',
    'app://seedbed.example.org/',
    'app://seedbed:8080/',
    'app://other/',
    'app:///',
    'app:seedbed/',
    'apps://seedbed/',
    'file:///etc/passwd',
    'data:text/html,<script>1</script>',
    'javascript:alert(1)',
    'about:blank',
    'chrome://gpu',
    'not a url',
    '',
  ];

  test.each(['will-navigate', 'will-frame-navigate'] as const)(
    '%s leaves our page for nothing',
    async (kind) => {
      const gone: string[] = [];
      for (const url of FOREIGN) if (!(await program.act.navigate(kind, url))) gone.push(url);
      expect(gone).toEqual([]);
      expect(await program.act.navigate(kind, 'app://seedbed/#/runs')).toBe(false);
    },
  );

  test('no redirect is followed, not even to our page', async () => {
    expect(await program.act.navigate('will-redirect', 'app://seedbed/')).toBe(true);
  });

  test('no webview is attached', async () => {
    expect(await program.act.attachWebview()).toBe(true);
  });

  test('requests to anywhere but our page are cancelled before they are made', async () => {
    const reached: string[] = [];
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1:8080/',
      'ws://localhost/',
      'file:///etc/passwd',
      'ftp://example.org/',
      'app://other/index.html',
      'blob:https://example.org/5a0e',
      'app://seedbed:80/index.html',
    ])
      if (!(await program.act.request(url, 'GET')).cancelled) reached.push(url);
    expect(reached).toEqual([]);
  });
});

describe('window.open', () => {
  test.each([
    'https://github.com/fosslinux/live-bootstrap',
    'https://bootstrappable.org/',
    'https://www.qemu.org/download/',
  ])('never opens a window, and hands %s to the browser', async (url) => {
    const before = (await program.act.record()).openedExternally.length;
    expect(await program.act.openWindow(url)).toEqual({ action: 'deny' });
    expect((await program.act.record()).openedExternally.slice(before)).toEqual([url]);
  });

  test.each([
    'http://github.com/',
    'https://github.com:8443/',
    'https://github.com.example.org/',
    'https://gist.github.com/',
    'https://github.com@example.org/',
    'https://user@github.com/',
    'https://user:password@github.com/',
    'https://qemu.org/',
    'file:///usr/bin/xterm',
    'smb://github.com/share',
    'mailto:somebody@github.com',
    'javascript:alert(1)',
    'app://seedbed/',
    'about:blank',
    '',
  ])('neither opens a window for "%s" nor hands it to the system', async (url) => {
    const before = (await program.act.record()).openedExternally.length;
    expect(await program.act.openWindow(url)).toEqual({ action: 'deny' });
    expect((await program.act.record()).openedExternally.slice(before)).toEqual([]);
  });
});
