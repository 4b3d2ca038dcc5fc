// The way to the engine: a MessagePort in the window, a WebSocket in a browser. Both give the same client.
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import { WEB_SUBPROTOCOL } from '../../../shared/web-protocol.ts';
import { isPortAnswer, type PortRequest } from '../../../shared/window-protocol.ts';

export interface Transport {
  client: SeedbedClient;
  /** Resolves when the transport is gone, with the reason in words. */
  closed: Promise<string>;
  close: () => void;
}

declare global {
  interface Window {
    /** Put there by the preload script of the window (src/preload). */
    seedbedHost?: { present: boolean };
  }
}

/** A host that does not hand over its port within this time is not there. */
const PORT_TIMEOUT_MS = 5000;

export function isInWindow(): boolean {
  return window.seedbedHost?.present === true;
}

export function openSocketTransport(token: string): Transport {
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${window.location.host}/`, [WEB_SUBPROTOCOL, token]);
  const closed = new Promise<string>((resolve) => {
    socket.addEventListener('close', () => resolve('the browser host closed it, or has ended'), {
      once: true,
    });
  });
  return {
    client: createORPCClient(new SocketLink({ websocket: socket })),
    closed,
    close: () => socket.close(),
  };
}

/** Ask the preload script for a port (docs/ARCHITECTURE.md, "One contract, three hosts"). */
export async function openPortTransport(): Promise<Transport> {
  const nonce = crypto.randomUUID();
  const port = await new Promise<MessagePort>((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', receive);
      reject(new Error('the window did not answer'));
    }, PORT_TIMEOUT_MS);
    function receive(event: MessageEvent<unknown>): void {
      const [given] = event.ports;
      if (event.source !== window || given === undefined || !isPortAnswer(event.data, nonce)) return;
      window.removeEventListener('message', receive);
      clearTimeout(timer);
      resolve(given);
    }
    window.addEventListener('message', receive);
    const request: PortRequest = { type: 'seedbed-port-request', nonce };
    window.postMessage(request, window.location.origin);
  });
  const closed = new Promise<string>((resolve) => {
    port.addEventListener('close', () => resolve('the window’s engine has ended'), { once: true });
  });
  port.start();
  return { client: createORPCClient(new PortLink({ port })), closed, close: () => port.close() };
}
