// Stand-ins for BrowserWindow and WebContents: a window really loads its URL through the session's filter and the scheme's handler.
import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions, WebContents } from 'electron';
import type { WindowRecord } from './acts.ts';
import type { AppStandIn } from './app.ts';
import { emitPreventable } from './event.ts';
import type { ProtocolStandIn } from './session.ts';
import { strict } from './strict.ts';

export interface FrameStandIn {
  url: string;
  parent: FrameStandIn | null;
}

export class ContentsStandIn extends EventEmitter implements Pick<WebContents, 'setWindowOpenHandler'> {
  readonly mainFrame: FrameStandIn = { url: '', parent: null };
  openHandler: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null;

  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.openHandler = handler;
  }
}

/** New web contents, announced as Electron does before anybody can use them. */
export function createContents(app: AppStandIn): ContentsStandIn {
  const contents = strict('webContents', new ContentsStandIn());
  app.emit('web-contents-created', {}, contents);
  return contents;
}

type Used = 'close' | 'focus' | 'isDestroyed' | 'isMinimized' | 'loadURL' | 'restore' | 'show';

export interface WindowClassOptions {
  app: AppStandIn;
  protocol: ProtocolStandIn;
  /** Resolves when pages may finish to load. */
  mayLoad: Promise<void>;
}

/** The class that the program gets as `BrowserWindow`. */
export function createWindowClass({ app, protocol, mayLoad }: WindowClassOptions) {
  const all = new Set<WindowStandIn>();

  class WindowStandIn extends EventEmitter implements Pick<BrowserWindow, Used> {
    static getAllWindows(): WindowStandIn[] {
      return [...all];
    }

    static getFocusedWindow(): WindowStandIn | null {
      return [...all].find((window) => window.record.focused > 0) ?? null;
    }

    readonly webContents: ContentsStandIn;
    readonly record: WindowRecord;
    #minimized = false;

    constructor(options: BrowserWindowConstructorOptions = {}) {
      super();
      app.afterReady('BrowserWindow');
      this.record = { options, url: '', shown: options.show !== false, focused: 0, loaded: false };
      all.add(this);
      this.webContents = createContents(app);
    }

    async loadURL(url: string): Promise<void> {
      const closed = new Promise<never>((_done, fail) => {
        this.once('closed', () => fail(new Error(`ERR_FAILED (-2) loading '${url}'`)));
      });
      await Promise.race([closed, this.#load(url)]);
    }

    async #load(url: string): Promise<void> {
      const { cancelled, status } = await protocol.fetch(url);
      if (cancelled) throw new Error(`ERR_BLOCKED_BY_CLIENT (-20) loading '${url}'`);
      if (status === 0) throw new Error(`ERR_UNKNOWN_URL_SCHEME (-302) loading '${url}'`);
      this.webContents.mainFrame.url = url;
      this.record.url = url;
      await mayLoad;
      if (this.isDestroyed()) return;
      this.record.loaded = true;
      this.emit('ready-to-show');
    }

    show(): void {
      this.#alive();
      this.record.shown = true;
    }

    focus(): void {
      this.#alive();
      this.record.focused += 1;
    }

    isMinimized(): boolean {
      return this.#minimized;
    }

    minimize(): void {
      this.#minimized = true;
    }

    restore(): void {
      this.#alive();
      this.#minimized = false;
    }

    isDestroyed(): boolean {
      return !all.has(this);
    }

    close(): void {
      if (this.isDestroyed() || emitPreventable(this, 'close')) return;
      all.delete(this);
      this.emit('closed');
      if (all.size === 0) app.windowAllClosed();
    }

    #alive(): void {
      if (this.isDestroyed()) throw new TypeError('Object has been destroyed');
    }
  }

  app.windows = {
    count: () => all.size,
    closeAll: () => {
      for (const window of [...all]) window.close();
    },
  };
  return WindowStandIn;
}
