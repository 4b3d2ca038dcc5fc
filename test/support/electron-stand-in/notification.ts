// Stand-in for Electron's Notification (https://www.electronjs.org/docs/latest/api/notification): what is shown is kept, and a test clicks on it.
import { EventEmitter } from 'node:events';
import type { NotificationConstructorOptions } from 'electron';

const shown: NotificationStandIn[] = [];

export class NotificationStandIn extends EventEmitter {
  static isSupported(): boolean {
    return true;
  }

  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: NotificationConstructorOptions = {}) {
    super();
    this.title = title;
    this.body = body;
  }

  show(): void {
    shown.push(this);
  }

  close(): void {
    shown.splice(shown.indexOf(this), 1);
    this.emit('close');
  }
}

export function shownNotifications(): { title: string; body: string }[] {
  return shown.map(({ title, body }) => ({ title, body }));
}

export function clickNotification(at: number): void {
  shown[at]?.emit('click');
}
