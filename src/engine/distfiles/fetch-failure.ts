// Why a source did not give a file, and whether asking it again can help. Network errors become causes here and nowhere else.
import type { FetchCause } from '../../shared/model/distfile.ts';

/** Thrown by everything that asks a source; never leaves the fetch of one file. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly reason: FetchCause;
  /** What the server asked for in `Retry-After`. */
  readonly retryAfterSeconds: number | null;

  constructor(
    reason: FetchCause,
    detail: string,
    options: { cause?: unknown; retryAfterSeconds?: number | null } = {},
  ) {
    super(detail, { cause: options.cause });
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export function isFetchFailure(error: unknown): error is FetchFailure {
  return error instanceof FetchFailure;
}

/** May it do better when all else of the fetch is done? Not when it asked for a longer pause than a fetch makes. */
export function isWorthAnotherRound(
  { reason, retryAfterSeconds }: FetchFailure,
  longestMilliseconds: number,
): boolean {
  return isPassing(reason) && (retryAfterSeconds ?? 0) * 1000 <= longestMilliseconds;
}

const PASSING: readonly FetchCause[] = ['server-error', 'cut', 'stalled', 'unreachable', 'bad-answer'];

/** May the same source do better in a moment? */
export function isPassing(reason: FetchCause): boolean {
  return PASSING.includes(reason);
}

/** Names that Node gives to errors of sockets and resolvers. */
const UNREACHABLE: Record<string, string> = {
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EAI_FAIL: 'the host name could not be looked up',
  ENODATA: 'the host name has no address',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EADDRNOTAVAIL: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  EHOSTDOWN: 'the host is down',
};

/** A thrown network error as a failure; anything that is not one comes back as it was. */
export function foldNetworkError(error: unknown): unknown {
  if (isFetchFailure(error) || !(error instanceof Error)) return error;
  // Happy Eyeballs (Node ≥ 20) gives one error for all the addresses that it tried.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  const code = codeOf(error) ?? codeOf(first);
  if (code === null) return error;
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) return new FetchFailure('unreachable', unreachable, { cause: error });
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED')
    return new FetchFailure('cut', 'the connection was cut', { cause: error });
  if (code.startsWith('HPE_'))
    return new FetchFailure('bad-answer', 'the answer is not HTTP', { cause: error });
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_)/.test(code))
    return new FetchFailure('tls', `its certificate or TLS was refused (${code})`, { cause: error });
  return error;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** HTTP statuses that are not an answer with a file (RFC 9110, 15.5 and 15.6). */
export function failureOfStatus(status: number, retryAfter: string | undefined): FetchFailure {
  if (status === 404 || status === 410) return new FetchFailure('not-there', `HTTP ${status}`);
  if (status >= 500 || status === 429 || status === 408) {
    const seconds = parseRetryAfter(retryAfter, Date.now());
    const wish = seconds === null ? '' : `; it asks to come back in ${Math.ceil(seconds)} s`;
    return new FetchFailure('server-error', `HTTP ${status}${wish}`, { retryAfterSeconds: seconds });
  }
  return new FetchFailure('refused', `HTTP ${status}`);
}

/** `Retry-After` as seconds or as a date (RFC 9110, 10.2.3); null when it says nothing. */
export function parseRetryAfter(text: string | undefined, nowMilliseconds: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMilliseconds) / 1000);
}
