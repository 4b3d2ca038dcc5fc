// HTTP proxies as the environment names them: http_proxy, https_proxy, no_proxy, in the way of curl (curl(1), "Environment").
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { FetchFailure } from './fetch-failure.ts';

/** The proxy for this address; null for a direct connection. Upper-case HTTP_PROXY is not read, as curl does not (CGI sets it). */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | null {
  if (isExempt(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return null;
  const named =
    url.protocol === 'https:'
      ? (env['https_proxy'] ?? env['HTTPS_PROXY'] ?? env['all_proxy'] ?? env['ALL_PROXY'])
      : (env['http_proxy'] ?? env['all_proxy'] ?? env['ALL_PROXY']);
  if (named === undefined || named === '') return null;
  const address = named.includes('://') ? named : `http://${named}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  return proxy?.protocol === 'http:' ? proxy : null;
}

function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return true;
  return list.split(/[\s,]+/).some((entry) => {
    const name = entry.replace(/^\./, '').replace(/:\d+$/, '').toLowerCase();
    return name === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
}

export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A tunnel through the proxy to the host of an https address (RFC 9110, 9.3.6). */
export function openTunnel(
  proxy: URL,
  target: URL,
  { signal, timeoutMilliseconds }: { signal: AbortSignal; timeoutMilliseconds: number },
): Promise<Duplex> {
  const authority = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname,
      port: proxy.port === '' ? 80 : Number(proxy.port),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyHeaders(proxy) },
      agent: false,
      signal,
      timeout: timeoutMilliseconds,
    });
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) {
        socket.setTimeout(0);
        resolve(socket);
      } else {
        socket.destroy();
        reject(new FetchFailure('refused', `the proxy answered HTTP ${answer.statusCode ?? 0}`));
      }
    });
    asked.once('timeout', () => asked.destroy(new FetchFailure('unreachable', 'the proxy does not answer')));
    asked.once('error', reject);
    asked.end();
  });
}
