// The browser host's token: taken from `#token=…` once, then kept for this tab only, so that a reload still connects
// and the address that the user may copy or show holds no secret.
import { TOKEN_PARAMETER } from '../../../shared/web-protocol.ts';

const STORAGE_KEY = 'seedbed-token';

/** The token in a hash such as `#token=abc`; null when there is none. */
export function tokenInHash(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get(TOKEN_PARAMETER);
  return token === '' ? null : token;
}

/** Read the token and take it out of the address. Null when this page was opened without one. */
export function takeToken(): string | null {
  const given = tokenInHash(window.location.hash);
  if (given === null) return window.sessionStorage.getItem(STORAGE_KEY);
  window.sessionStorage.setItem(STORAGE_KEY, given);
  window.history.replaceState(null, '', '#/');
  return given;
}
