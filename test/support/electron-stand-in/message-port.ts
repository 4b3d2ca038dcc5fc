// Stand-in for MessagePortMain over a port of node:worker_threads: messages wait until `start()`, and listeners get `{ data, ports }`.
// Behaviour: https://www.electronjs.org/docs/latest/api/message-port-main (Electron 45).
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type { MessagePortMain } from 'electron';

export class PortStandIn
  extends EventEmitter
  implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close'>
{
  posted = 0;
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.once('close', () => this.emit('close'));
  }

  postMessage(message: unknown): void {
    this.posted += 1;
    this.#port.postMessage(message);
  }

  /** Listening on the inner port is what starts it. */
  start(): void {
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }

  close(): void {
    this.#port.close();
  }
}
