// The page's address as React state, and the two ways to change it.
import { useMemo, useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './route.ts';

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, readHash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Go to a page; the way back stays. */
export function navigate(route: Route): void {
  window.location.hash = formatRoute(route);
}

/** Change the address in place: for choices of a form, and for a page that was only on the way. */
export function replaceRoute(route: Route): void {
  window.history.replaceState(null, '', formatRoute(route));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function readHash(): string {
  return window.location.hash;
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
