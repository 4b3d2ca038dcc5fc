// Stand-ins for `session.defaultSession` and `protocol`: they keep what the program set, and ask it as Chromium would.
import { EventEmitter } from 'node:events';
import type { CustomScheme, OnBeforeRequestListenerDetails, Protocol, Session, WebRequest } from 'electron';
import type { PageAnswer } from './acts.ts';
import type { AppStandIn } from './app.ts';

type Setter<K extends keyof Session> = Session[K] extends (handler: infer H) => void ? H : never;
type BeforeRequest = Exclude<Parameters<WebRequest['onBeforeRequest']>[0], null>;
type Used =
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setPermissionRequestHandler';

export class SessionStandIn extends EventEmitter implements Pick<Session, Used> {
  request: Setter<'setPermissionRequestHandler'> = null;
  check: Setter<'setPermissionCheckHandler'> = null;
  device: Setter<'setDevicePermissionHandler'> = null;
  displayMedia: Parameters<Session['setDisplayMediaRequestHandler']>[0] = null;
  beforeRequest: BeforeRequest | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest | null) => {
      this.beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler;
  }

  setDisplayMediaRequestHandler(handler: typeof this.displayMedia): void {
    this.displayMedia = handler;
  }

  /** Does the program's filter let this URL through? Without a filter everything goes. */
  async allows(url: string): Promise<boolean> {
    const listener = this.beforeRequest;
    if (listener === null) return true;
    const details = { url, method: 'GET', id: 1, timestamp: 0, resourceType: 'xhr', referrer: '' } as const;
    return new Promise((done) => {
      listener({ ...details, uploadData: [] } satisfies OnBeforeRequestListenerDetails, (answer) =>
        done(answer.cancel !== true),
      );
    });
  }
}

export class ProtocolStandIn implements Pick<Protocol, 'handle' | 'registerSchemesAsPrivileged'> {
  schemes: CustomScheme[] = [];
  readonly #handlers = new Map<string, Parameters<Protocol['handle']>[1]>();
  readonly #app: AppStandIn;
  readonly #session: SessionStandIn;

  constructor(app: AppStandIn, session: SessionStandIn) {
    this.#app = app;
    this.#session = session;
  }

  registerSchemesAsPrivileged(schemes: CustomScheme[]): void {
    this.#app.beforeReady('protocol.registerSchemesAsPrivileged()');
    if (this.schemes.length > 0)
      throw new Error('protocol.registerSchemesAsPrivileged() can be used only once');
    this.schemes = schemes;
  }

  handle(scheme: string, handler: Parameters<Protocol['handle']>[1]): void {
    this.#app.afterReady('protocol.handle()');
    if (this.#handlers.has(scheme)) throw new Error(`the scheme ${scheme} is handled already`);
    this.#handlers.set(scheme, handler);
  }

  async fetch(url: string, method = 'GET'): Promise<PageAnswer> {
    const nothing = { status: 0, headers: {}, body: '' };
    if (!(await this.#session.allows(url))) return { cancelled: true, ...nothing };
    const handler = this.#handlers.get(new URL(url).protocol.slice(0, -1));
    // Nothing here has a network: what gets past the filter to another scheme is seen as such.
    if (handler === undefined) return { cancelled: false, ...nothing };
    const response = await handler(new Request(url, { method }));
    const headers = Object.fromEntries(response.headers.entries());
    return { cancelled: false, status: response.status, headers, body: await response.text() };
  }
}
