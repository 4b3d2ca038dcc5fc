// Notifications of the browser (Notifications API), for the browser host; the window has its host's own.
import type { RunNotice } from '../../../shared/model/notice.ts';

export type Permission = NotificationPermission | 'unavailable';

export function noticePermission(): Permission {
  return 'Notification' in window ? Notification.permission : 'unavailable';
}

/** Browsers ask their user only upon a click. */
export async function askPermission(): Promise<Permission> {
  if (!('Notification' in window)) return 'unavailable';
  return Notification.requestPermission();
}

/** One of a kind for each run: two open pages show one notification. */
export function showBrowserNotice({ run, kind, title, text }: RunNotice): void {
  if (noticePermission() !== 'granted') return;
  const notification = new Notification(title, { body: text, tag: `${run} ${kind}`, silent: true });
  notification.onclick = () => {
    window.focus();
    window.location.hash = `#/runs/${encodeURIComponent(run)}`;
    notification.close();
  };
}
