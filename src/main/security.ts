// Every restriction of the window in one place; the list is Electron's security checklist (docs/SECURITY.md says which row is where).
import type { App, BrowserWindowConstructorOptions, CommandLine, Session } from 'electron';
import { PAGE_ORIGIN } from './protocol.ts';

/** Permissions that the page may have. Everything else is refused, whoever asks. */
export const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Sites that a link may open in the person's own browser: exact origins, https only. */
export const EXTERNAL_ORIGINS: ReadonlySet<string> = new Set([
  'https://github.com',
  'https://bootstrappable.org',
  'https://www.qemu.org',
]);

/** Defaults of Electron stated, so that a changed default cannot loosen them. */
export const WEB_PREFERENCES = {
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
} as const satisfies BrowserWindowConstructorOptions['webPreferences'];

/** Chromium's own switches that let another process drive the page; a packaged program takes none of them. */
const DEBUGGING_SWITCHES = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-allow-origins'];

export function refuseDebugging(commandLine: CommandLine): void {
  for (const name of DEBUGGING_SWITCHES) commandLine.removeSwitch(name);
}

export function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(ALLOWED_PERMISSIONS.has(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) => ALLOWED_PERMISSIONS.has(permission));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  // Nothing is loaded from a network: the page has its own scheme and the engine needs no web contents.
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwnUrl(details.url) }));
  // The page may hand the person what it shows (a log as a file); Electron asks them where. Nothing else becomes a file.
  session.on('will-download', (event, item) => {
    if (!isPageBlob(item.getURL())) event.preventDefault();
  });
}

export function restrictContents(app: App, openExternal: (url: string) => Promise<void>): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isPageUrl(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isPageUrl(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // A system without a browser has told the person so itself.
      if (isExternalUrl(url)) openExternal(url).catch(() => undefined);
      return { action: 'deny' };
    });
  });
}

export function isPageUrl(url: string): boolean {
  const parsed = parse(url);
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === PAGE_ORIGIN;
}

/** What the session may fetch: the page, and what the page makes itself. DevTools exist only where a developer starts it unpacked. */
function isOwnUrl(url: string): boolean {
  return isPageUrl(url) || isPageBlob(url) || /^(?:data|devtools):/.test(url);
}

function isPageBlob(url: string): boolean {
  return url.startsWith(`blob:${PAGE_ORIGIN}/`);
}

export function isExternalUrl(url: string): boolean {
  const parsed = parse(url);
  return (
    parsed !== null && EXTERNAL_ORIGINS.has(parsed.origin) && parsed.username === '' && parsed.password === ''
  );
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
