// Notifications of the desktop when a run ends or waits for somebody. Quiet while a window of ours has the focus: the page says it there.
import type { BrowserWindow, Notification as ElectronNotification } from 'electron';
import type { RunNotice } from '../shared/model/notice.ts';
import { PAGE_ORIGIN } from './protocol.ts';

export interface NotifierNeeds {
  Notification: typeof ElectronNotification;
  isFocused: () => boolean;
  /** Come forward, and say which window did. */
  comeForward: () => BrowserWindow | null;
}

export function createNotifier({
  Notification,
  isFocused,
  comeForward,
}: NotifierNeeds): (notice: RunNotice) => void {
  /** One that nothing holds would be collected before it is clicked. */
  const shown = new Set<ElectronNotification>();
  return ({ run, title, text }) => {
    if (isFocused() || !Notification.isSupported()) return;
    // The tone is the page's, so that one setting decides it.
    const notification = new Notification({ title, body: text, silent: true });
    const forget = (): void => void shown.delete(notification);
    notification.once('click', () => {
      forget();
      // The same page at another place: only what is behind `#` changes. A window that closes meanwhile shows nothing.
      void comeForward()
        ?.loadURL(`${PAGE_ORIGIN}/#/runs/${encodeURIComponent(run)}`)
        .catch(() => undefined);
    });
    notification.once('close', forget);
    notification.once('failed', forget);
    shown.add(notification);
    notification.show();
  };
}
