// HTTP/1.1 GET and HEAD with what a downloader needs and fetch() does not say: connect, answer and stall time-outs, every redirect, bytes
// as they are on the wire, and whether the body came whole. Over node:http; docs/adr says why no library.
import { setMaxListeners } from 'node:events';
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { SEEDBED_VERSION } from '../version.ts';
import { FetchFailure, foldNetworkError } from './fetch-failure.ts';
import type { FetchLimits } from './limits.ts';
import { openTunnel, proxyFor, proxyHeaders } from './proxy.ts';
import { notePieceBytes } from './young-garbage.ts';

export interface HttpAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /** Where it came from in the end. */
  url: URL;
  /** A plain http connection was part of the way. */
  isPlain: boolean;
  /** The body, once, piece by piece; where `take` gives a promise, nothing more is read until it is kept. Throws FetchFailure when it is cut or stalls. */
  read(take: (bytes: Buffer) => Promise<void> | null): Promise<void>;
  /** Throw the body away. */
  discard(): void;
}

export interface HttpClient {
  /** Follows redirects. Throws FetchFailure; the signal's reason when it is aborted. */
  ask(
    url: string,
    options: { method?: 'GET' | 'HEAD'; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<HttpAnswer>;
  close(): void;
}

export type HttpLimits = Pick<
  FetchLimits,
  'connectMilliseconds' | 'answerMilliseconds' | 'stallMilliseconds' | 'redirects'
>;

const REDIRECTS = [301, 302, 303, 307, 308];
/** A body of a redirect that is read to its end, so that its connection can be used again. */
const DRAINED_BYTES = 65_536;

export function createHttpClient(limits: HttpLimits, env: NodeJS.ProcessEnv): HttpClient {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxFreeSockets: 16 }),
    'https:': new HttpsAgent({ keepAlive: true, maxFreeSockets: 16 }),
  };

  function start(
    url: URL,
    method: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): ClientRequest {
    const proxy = proxyFor(url, env);
    if (url.protocol === 'http:') {
      const via =
        proxy === null
          ? { agent: agents['http:'] }
          : {
              agent: agents['http:'],
              hostname: proxy.hostname,
              port: proxy.port === '' ? 80 : Number(proxy.port),
              path: url.href,
              headers: { ...headers, ...proxyHeaders(proxy), host: url.host },
            };
      return requestHttp(url, { method, headers, signal, ...via });
    }
    if (proxy === null) return requestHttps(url, { method, headers, signal, agent: agents['https:'] });
    return requestHttps(url, {
      method,
      headers,
      signal,
      // Without an agent: each has a tunnel of its own.
      createConnection: (_options, done) => {
        openTunnel(proxy, url, { signal, timeoutMilliseconds: limits.connectMilliseconds }).then(
          (socket) =>
            done(null, connectTls({ socket, servername: url.hostname, ALPNProtocols: ['http/1.1'] })),
          (error: unknown) => done(error as Error, undefined as never),
        );
        return undefined;
      },
    });
  }

  /** One request on one connection. */
  async function once(url: URL, method: string, headers: Record<string, string>, signal: AbortSignal) {
    for (let again = 0; ; again += 1) {
      const asked = start(url, method, headers, signal);
      try {
        return await awaitAnswer(asked, limits);
      } catch (error) {
        signal.throwIfAborted();
        const folded = foldNetworkError(error);
        // The server may close a kept connection at the moment when it is used again; that says nothing about the file.
        if (folded instanceof FetchFailure && folded.reason === 'cut' && asked.reusedSocket && again < 3)
          continue;
        throw folded;
      }
    }
  }

  return {
    async ask(address, { method = 'GET', headers = {}, signal }) {
      signal.throwIfAborted();
      // Every request listens to it for its time.
      setMaxListeners(0, signal);
      const seen = new Set<string>();
      let isPlain = false;
      let url = parseHttpUrl(address);
      const sent = {
        'user-agent': `seedbed/${SEEDBED_VERSION}`,
        accept: '*/*',
        'accept-encoding': 'identity',
        ...headers,
      };
      for (;;) {
        if (seen.has(url.href)) throw new FetchFailure('redirects', `redirected in a circle at ${url.href}`);
        if (seen.size > limits.redirects)
          throw new FetchFailure('redirects', `more than ${limits.redirects} redirects`);
        seen.add(url.href);
        isPlain ||= url.protocol === 'http:';
        const answer = await once(url, method, sent, signal);
        const status = answer.statusCode ?? 0;
        const target = answer.headers.location;
        if (!REDIRECTS.includes(status) || target === undefined)
          return {
            status,
            headers: answer.headers,
            url,
            isPlain,
            read: (take) =>
              readBody(answer, take, limits.stallMilliseconds).catch((error: unknown) => {
                signal.throwIfAborted();
                throw foldNetworkError(error);
              }),
            discard: () => discard(answer),
          };
        discard(answer);
        url = parseHttpUrl(target, url);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function parseHttpUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href))
    throw new FetchFailure('redirects', `${JSON.stringify(text)} is not an address`);
  const url = new URL(text, base);
  url.hash = '';
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new FetchFailure('redirects', `it leads to ${url.protocol}//, which is not followed`);
}

function awaitAnswer(asked: ClientRequest, limits: HttpLimits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (failure: FetchFailure): void => void asked.destroy(failure);
    let timer = setTimeout(
      () => fail(new FetchFailure('unreachable', 'no connection was made in time')),
      limits.connectMilliseconds,
    );
    const connected = (): void => {
      clearTimeout(timer);
      timer = setTimeout(
        () => fail(new FetchFailure('stalled', 'the server took the request and did not answer')),
        limits.answerMilliseconds,
      );
    };
    asked.once('socket', (socket) => {
      const isTls = 'encrypted' in socket;
      if (!socket.connecting && !isTls) connected();
      else if (socket.connecting || !asked.reusedSocket)
        socket.once(isTls ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    asked.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    asked.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end();
  });
}

/** Hands each piece on as it comes; while the consumer's promise is open, nothing is read. */
function readBody(
  answer: IncomingMessage,
  take: (bytes: Buffer) => Promise<void> | null,
  stallMilliseconds: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isWaiting = true;
    let isOver = false;
    const timer = setTimeout(() => {
      const seconds = Math.round(stallMilliseconds / 100) / 10;
      if (isWaiting) fail(new FetchFailure('stalled', `no byte came for ${seconds} s`));
      else timer.refresh();
    }, stallMilliseconds);
    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      answer.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    answer.on('data', (bytes: Buffer) => {
      timer.refresh();
      notePieceBytes(bytes.length);
      const taken = take(bytes);
      if (taken === null) return;
      isWaiting = false;
      answer.pause();
      taken.then(() => {
        isWaiting = true;
        timer.refresh();
        answer.resume();
      }, fail);
    });
    answer.once('error', fail);
    answer.once('close', () => fail(new FetchFailure('cut', 'the connection was cut')));
    answer.once('end', () => {
      if (!answer.complete) {
        fail(new FetchFailure('cut', 'the connection was cut'));
        return;
      }
      isOver = true;
      clearTimeout(timer);
      resolve();
    });
  });
}

function discard(answer: IncomingMessage): void {
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  // An error after this point concerns a body that nobody wants.
  answer.on('error', () => undefined);
  if (length <= DRAINED_BYTES) answer.resume();
  else answer.destroy();
}
