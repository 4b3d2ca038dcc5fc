// What a test may do to, and read of, the program that runs on the stand-in for Electron. Crosses a process boundary: plain data only.
import type { BrowserWindowConstructorOptions, CustomScheme, WindowOpenHandlerResponse } from 'electron';

/** How the program is started; in the environment as SEEDBED_STAND_IN (JSON). */
export interface StandInSetup {
  /** False: another Seedbed runs already. */
  firstInstance: boolean;
  /** Pages wait here until the act `finishLoading`. */
  holdLoading: boolean;
  isPackaged: boolean;
  /** `process.resourcesPath`. */
  resourcesPath: string;
  /** Switches on the command line. */
  switches: string[];
  /** The system can open no address. */
  noBrowser: boolean;
}

export interface WindowRecord {
  options: BrowserWindowConstructorOptions;
  url: string;
  shown: boolean;
  focused: number;
  loaded: boolean;
}

export interface ProgramRecord {
  sandboxed: boolean;
  schemes: CustomScheme[];
  /** Names of the app's own event handlers. */
  listensTo: string[];
  ipcChannels: string[];
  windows: WindowRecord[];
  /** Every role and label of the application menu, submenus included. */
  menu: string[];
  openedExternally: string[];
  dialogs: { options: object; hadWindow: boolean }[];
  errorBoxes: string[];
  /** Kinds of power save blockers that are on. */
  blockers: string[];
  switches: string[];
  /** Notifications of the desktop that were shown and are not closed. */
  notifications: { title: string; body: string }[];
}

export interface PageAnswer {
  cancelled: boolean;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Who sends the IPC message that asks for a port. */
export interface PortSender {
  /** `page`: our window; `other`: web contents that belong to none of our windows. */
  contents: 'page' | 'other';
  /** null: the frame has gone. */
  frame: { url: string; isMain: boolean } | null;
  channel: string;
  /** What the preload sends beside the port. */
  message?: unknown;
  ports: number;
}

export type Navigation = 'will-navigate' | 'will-frame-navigate' | 'will-redirect';

export interface StandInActs {
  record(): ProgramRecord;
  /** Ask for a URL as Chromium would: through the session's filter, then the scheme's handler. */
  request(url: string, method: string): Promise<PageAnswer>;
  /** True when the program prevented it. */
  navigate(kind: Navigation, url: string): boolean;
  attachWebview(): boolean;
  openWindow(url: string): WindowOpenHandlerResponse;
  permission(name: string): { request: boolean; check: boolean };
  device(kind: 'hid' | 'serial' | 'usb'): boolean;
  displayMedia(): { granted: boolean };
  /** True when the program prevented it. */
  download(url: string): boolean;
  answerDialog(paths: string[] | null): void;
  /** Numbers of the page's ends of the ports that were sent. */
  sendPorts(sender: PortSender): number[];
  postToPort(port: number, message: unknown): void;
  closePort(port: number): void;
  /** How many messages the program posted to this port, open or closed. */
  postedTo(port: number): number;
  clickNotification(at: number): void;
  finishLoading(): void;
  closeWindows(): void;
  secondInstance(): void;
  activate(): void;
  quit(): void;
}

/** Test → program. */
export interface ActCall {
  id: number;
  act: keyof StandInActs;
  args: unknown[];
}

/** Program → test. */
export type StandInNews =
  | { news: 'answer'; id: number; value: unknown }
  | { news: 'failure'; id: number; message: string }
  | { news: 'port-message'; port: number; message: unknown }
  | { news: 'port-close'; port: number };
