// The serial ports that this host has. Linux: /dev/serial/by-id (udev, 60-serial.rules) and /sys/class/tty; macOS: /dev/cu.*.
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SerialPortChoice } from '../../shared/model/serial.ts';

const BY_ID = '/dev/serial/by-id';
const TTY_CLASS = '/sys/class/tty';
/** Adapters, CDC ACM devices, UARTs of PCs and of other boards. */
const PORT_NAME = /^tty(?:USB|ACM|S|AMA|XRUSB)\d+$/;
const UART_NAME = /^ttyS\d+$/;

/** Adapters first. Never throws: a host without any has none. */
export async function listSerialPorts(
  platform: NodeJS.Platform = process.platform,
): Promise<SerialPortChoice[]> {
  if (platform === 'darwin') return listCallOut();
  if (platform !== 'linux') return [];
  const named = await namedAdapters();
  const names = (await listNames(TTY_CLASS)).filter((name) => PORT_NAME.test(name)).sort(byNumber);
  const found = await Promise.all(names.map((name) => describe(name, named)));
  const ports = found.filter((port) => port !== null);
  return [
    ...ports.filter(({ kernelName }) => !UART_NAME.test(kernelName)),
    ...ports.filter(({ kernelName }) => UART_NAME.test(kernelName)),
  ];
}

/** The name of an adapter that a device path means, or the path itself: what is kept in a record outlives another plug. */
export async function lastingName(device: string): Promise<string> {
  const target = await realpath(device).catch(() => device);
  return (await namedAdapters()).get(target) ?? device;
}

async function namedAdapters(): Promise<Map<string, string>> {
  const links = await listNames(BY_ID);
  const pairs = await Promise.all(
    links.map(async (name) => {
      const link = join(BY_ID, name);
      return [await realpath(link).catch(() => ''), link] as const;
    }),
  );
  return new Map(pairs.filter(([target]) => target !== ''));
}

async function describe(name: string, named: ReadonlyMap<string, string>): Promise<SerialPortChoice | null> {
  const path = `/dev/${name}`;
  // Linux lists ttyS0 to ttyS31 whether there is a UART or not; type 0 is PORT_UNKNOWN (Documentation/ABI/testing/sysfs-tty).
  const type = await readFile(join(TTY_CLASS, name, 'type'), 'utf8').catch(() => '');
  if (UART_NAME.test(name) && (type.trim() === '' || type.trim() === '0')) return null;
  const link = named.get(path);
  if (link === undefined)
    return {
      device: path,
      kernelName: path,
      label: UART_NAME.test(name) ? 'serial port of this computer' : 'adapter',
    };
  return { device: link, kernelName: path, label: adapterWords(basename(link)) };
}

/** `usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0` → `FTDI FT232R USB UART A50285BI`. */
function adapterWords(name: string): string {
  return name
    .replace(/^usb-/, '')
    .replace(/-(?:if|port)\d+/g, '')
    .replaceAll('_', ' ')
    .slice(0, 200);
}

async function listCallOut(): Promise<SerialPortChoice[]> {
  const names = (await listNames('/dev')).filter((name) => name.startsWith('cu.')).sort();
  return names.map((name) => ({
    device: `/dev/${name}`,
    kernelName: `/dev/${name}`,
    label: name.slice(3, 203),
  }));
}

async function listNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
