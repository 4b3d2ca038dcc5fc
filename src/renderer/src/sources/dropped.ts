// What a drop event holds: files with their paths below what was dropped (folders are walked), and in the window the places that the preload got tokens for.
import type { Place } from '../../../shared/model/host.ts';
import { RECEIVED_FILE_LIMIT_BYTES } from '../../../shared/contract/distfiles.ts';
import { isDropNotice } from '../../../shared/window-protocol.ts';
import { isInWindow } from '../connection/connect.ts';

export interface DroppedFile {
  /** "usb-stick/sources/gcc-4.0.4.tar.gz" */
  path: string;
  file: File;
}

export interface DroppedThing {
  name: string;
  /** Its files; unreadable folders have none. */
  files: () => Promise<DroppedFile[]>;
}

export interface Dropped {
  things: DroppedThing[];
  /** One a thing, null where the host knows no path; null as a whole in a browser. */
  places: Promise<(Place | null)[] | null>;
}

const DEEPEST = 8;
const MOST_FILES = 20_000;
/** The preload's notice is posted while the event is handled: it is the next thing that comes. */
const NOTICE_MS = 400;
const ANSWER_MS = 3000;

export function holdsFiles(event: DragEvent): event is DragEvent & { dataTransfer: DataTransfer } {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** To be called while the event is handled: afterwards it holds nothing. */
export function readDrop({ dataTransfer }: { dataTransfer: DataTransfer }): Dropped {
  const things = [...dataTransfer.items]
    .filter(({ kind }) => kind === 'file')
    .flatMap((item) => {
      const entry = item.webkitGetAsEntry();
      const file = item.getAsFile();
      if (entry?.isDirectory === true) return [{ name: entry.name, files: () => filesBelow(entry) }];
      const files = file === null ? [] : [{ path: file.name, file }];
      return [{ name: file?.name ?? '', files: () => Promise.resolve(files.filter(isCandidate)) }];
    });
  return { things, places: isInWindow() ? placesFromHost() : Promise.resolve(null) };
}

function isCandidate({ file }: DroppedFile): boolean {
  return file.size > 0 && file.size <= RECEIVED_FILE_LIMIT_BYTES;
}

async function filesBelow(folder: FileSystemEntry): Promise<DroppedFile[]> {
  const found: DroppedFile[] = [];
  async function walk(entry: FileSystemEntry, path: string, deeper: number): Promise<void> {
    if (found.length >= MOST_FILES) return;
    if (isFileEntry(entry)) {
      const file = await new Promise<File | null>((done) => entry.file(done, () => done(null)));
      if (file !== null && isCandidate({ path, file })) found.push({ path, file });
    } else if (isFolderEntry(entry) && deeper > 0) {
      for (const inside of await entriesOf(entry))
        if (isFileEntry(inside) || !inside.name.startsWith('.'))
          await walk(inside, `${path}/${inside.name}`, deeper - 1);
    }
  }
  await walk(folder, folder.name, DEEPEST);
  return found;
}

/** A reader gives a hundred names at a time and an empty list at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done) => reader.readEntries(done, () => done([])));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolderEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** The preload's answer to the drop that is just handled; null when none comes, as for a drop that a script made. */
async function placesFromHost(): Promise<(Place | null)[] | null> {
  const port = await within<MessagePort>(NOTICE_MS, (done) => {
    function receive(event: MessageEvent<unknown>): void {
      const [given] = event.ports;
      if (event.source !== window || given === undefined || !isDropNotice(event.data)) return;
      done(given);
    }
    window.addEventListener('message', receive);
    return () => window.removeEventListener('message', receive);
  });
  if (port === null) return null;
  const places = await within<(Place | null)[]>(ANSWER_MS, (done) => {
    // From our own main process, over a port that only it has.
    port.onmessage = ({ data }: MessageEvent<(Place | null)[]>) => done(data);
    return () => port.close();
  });
  return places;
}

function within<T>(milliseconds: number, wait: (done: (value: T) => void) => () => void): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), milliseconds);
    const stop = wait((value) => end(value));
    function end(value: T | null): void {
      clearTimeout(timer);
      stop();
      resolve(value);
    }
  });
}
