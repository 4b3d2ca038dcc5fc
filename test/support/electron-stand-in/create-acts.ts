// The acts of a test, carried out inside the program.
import type { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WebContents } from 'electron';
import type { PortSender, ProgramRecord, StandInActs } from './acts.ts';
import type { AppStandIn } from './app.ts';
import { emitPreventable } from './event.ts';
import { PortStandIn } from './message-port.ts';
import { clickNotification, shownNotifications } from './notification.ts';
import { tellParent } from './parent.ts';
import type { ProtocolStandIn, SessionStandIn } from './session.ts';
import { type ContentsStandIn, createContents, type FrameStandIn } from './window.ts';

export interface WindowHandle {
  webContents: ContentsStandIn;
  record: ProgramRecord['windows'][number];
  minimize(): void;
}

export interface ActParts {
  app: AppStandIn;
  session: SessionStandIn;
  protocol: ProtocolStandIn;
  ipc: EventEmitter;
  windows: () => WindowHandle[];
  noted: Pick<ProgramRecord, 'openedExternally' | 'dialogs' | 'errorBoxes' | 'menu' | 'blockers'>;
  answerDialog(paths: string[] | null): void;
  finishLoading(): void;
}

/** Handlers look at the permission, not at who asks; there is nobody here who could. */
const NOBODY = null as unknown as WebContents;

export function createActs(parts: ActParts): StandInActs {
  const { app, session, protocol, ipc, windows, noted } = parts;
  const ports: { page: MessagePort; main: PortStandIn }[] = [];
  const contents = (): ContentsStandIn => need(windows()[0], 'a window').webContents;
  const portAt = (index: number) => need(ports[index], 'such a port');

  function openPort(): { main: PortStandIn; index: number } {
    const { port1: page, port2 } = new MessageChannel();
    const main = new PortStandIn(port2);
    const index = ports.push({ page, main }) - 1;
    page.on('message', (message: unknown) => tellParent({ news: 'port-message', port: index, message }));
    page.once('close', () => tellParent({ news: 'port-close', port: index }));
    return { main, index };
  }

  return {
    record: () => ({
      ...noted,
      sandboxed: app.sandboxed,
      schemes: protocol.schemes,
      switches: app.switches,
      notifications: shownNotifications(),
      listensTo: app.eventNames().map(String).sort(),
      ipcChannels: ipc.eventNames().map(String),
      windows: windows().map((window) => window.record),
    }),
    request: (url, method) => protocol.fetch(url, method),
    navigate: (kind, url) =>
      emitPreventable(contents(), kind, {
        url,
        isMainFrame: kind !== 'will-frame-navigate',
        isSameDocument: false,
        frame: contents().mainFrame,
      }),
    attachWebview: () => emitPreventable(contents(), 'will-attach-webview', {}, {}, {}),
    openWindow: (url) =>
      need(
        contents().openHandler,
        'a handler for window.open',
      )({
        url,
        frameName: '',
        features: '',
        disposition: 'foreground-tab',
        referrer: { url: '', policy: 'no-referrer' },
      }),
    permission(name) {
      const permission = name as never;
      let granted = true;
      const details = { isMainFrame: true, requestingUrl: 'app://seedbed/' };
      session.request?.(NOBODY, permission, (answer) => (granted = answer), details);
      const check = session.check?.(NOBODY, permission, 'app://seedbed', details) ?? true;
      return { request: granted, check };
    },
    device: (deviceType) =>
      session.device?.({ deviceType, origin: 'app://seedbed', device: null as never }) ?? true,
    displayMedia() {
      let granted = true;
      session.displayMedia?.(
        {
          frame: null,
          securityOrigin: 'app://seedbed',
          videoRequested: true,
          audioRequested: false,
          userGesture: true,
        },
        (streams) => (granted = streams !== null && Object.keys(streams).length > 0),
      );
      return { granted };
    },
    download: (url) => emitPreventable(session, 'will-download', {}, { getURL: () => url }, contents()),
    answerDialog: (paths) => parts.answerDialog(paths),
    sendPorts(sender) {
      const opened = Array.from({ length: sender.ports }, openPort);
      const from = sender.contents === 'page' ? contents() : createContents(app);
      const event = {
        type: 'frame',
        sender: from,
        senderFrame: frameOf(sender, from),
        ports: opened.map(({ main }) => main),
      };
      ipc.emit(sender.channel, event, sender.message ?? null);
      return opened.map(({ index }) => index);
    },
    postToPort: (port, message) => portAt(port).page.postMessage(message),
    closePort: (port) => portAt(port).page.close(),
    postedTo: (port) => portAt(port).main.posted,
    clickNotification,
    finishLoading: () => parts.finishLoading(),
    // After the answer has left: these may end the process.
    closeWindows: () => void setImmediate(() => app.windows.closeAll()),
    secondInstance() {
      for (const window of windows()) window.minimize();
      app.emit('second-instance', {}, [], '', null);
    },
    activate: () => void app.emit('activate', {}, false),
    quit: () => void setImmediate(() => app.quit()),
  };
}

function frameOf({ frame }: PortSender, contents: ContentsStandIn): FrameStandIn | null {
  if (frame === null) return null;
  return { url: frame.url, parent: frame.isMain ? null : contents.mainFrame };
}

function need<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`the program has not got ${what}`);
  return value;
}
