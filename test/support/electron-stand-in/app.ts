// Stand-in for `app`. Quitting goes as in Electron's shell/browser/browser.cc (45): before-quit, windows, will-quit, quit; each can be prevented.
import { EventEmitter } from 'node:events';
import type { App, CommandLine } from 'electron';
import type { StandInSetup } from './acts.ts';
import { emitPreventable } from './event.ts';

export interface Windows {
  count(): number;
  /** Ask every window to close. */
  closeAll(): void;
}

type Used =
  'enableSandbox' | 'exit' | 'isPackaged' | 'isReady' | 'quit' | 'requestSingleInstanceLock' | 'whenReady';

export class AppStandIn extends EventEmitter implements Pick<App, Used> {
  sandboxed = false;
  windows: Windows = { count: () => 0, closeAll: () => undefined };
  readonly isPackaged: boolean;
  switches: string[];
  readonly commandLine = {
    removeSwitch: (name: string) => {
      this.switches = this.switches.filter((one) => one !== name);
    },
  } satisfies Pick<CommandLine, 'removeSwitch'>;
  readonly #setup: StandInSetup;
  readonly #ready: Promise<void>;
  #isReady = false;
  #isQuitting = false;

  constructor(setup: StandInSetup) {
    super();
    this.#setup = setup;
    this.isPackaged = setup.isPackaged;
    this.switches = setup.switches;
    // Electron is ready once the entry module has run; this module runs just before it.
    this.#ready = new Promise((done) => {
      setImmediate(() => {
        this.#isReady = true;
        this.emit('ready');
        done();
      });
    });
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  requestSingleInstanceLock(): boolean {
    return this.#setup.firstInstance;
  }

  enableSandbox(): void {
    this.beforeReady('app.enableSandbox()');
    this.sandboxed = true;
  }

  quit(): void {
    if (this.#isQuitting) return;
    this.#isQuitting = !emitPreventable(this, 'before-quit');
    if (!this.#isQuitting) return;
    if (this.windows.count() === 0) this.#shutDown();
    else this.windows.closeAll();
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    process.exit(code);
  }

  windowAllClosed(): void {
    if (this.#isQuitting) this.#shutDown();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  beforeReady(what: string): void {
    if (this.#isReady) throw new Error(`${what} must be called before the app is ready`);
  }

  afterReady(what: string): void {
    if (!this.#isReady) throw new Error(`${what} cannot be used before the app is ready`);
  }

  #shutDown(): void {
    if (emitPreventable(this, 'will-quit')) this.#isQuitting = false;
    else this.exit(0);
  }
}
