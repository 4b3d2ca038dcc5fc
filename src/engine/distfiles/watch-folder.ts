// Notices that another process has changed a folder: a look at its time now and then, while somebody wants to know.
import { stat } from 'node:fs/promises';

export interface FolderWatch {
  /** Somebody wants to know; call the result when he does not any more. */
  watch(): () => void;
  /** What has changed until now is known. */
  settle(): Promise<void>;
}

const LOOK_MILLISECONDS = 2000;

export function watchFolder(path: string, onChange: () => void): FolderWatch {
  let watchers = 0;
  let timer: NodeJS.Timeout | undefined;
  let last: number | null = null;

  const lastChange = (): Promise<number | null> =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );

  async function look(): Promise<void> {
    const time = await lastChange();
    if (last !== null && time !== last) onChange();
    last = time;
  }

  return {
    async settle() {
      last = await lastChange();
    },
    watch() {
      watchers += 1;
      if (watchers === 1) {
        last = null;
        void look();
        timer = setInterval(() => void look(), LOOK_MILLISECONDS);
        timer.unref();
      }
      let isWatching = true;
      return () => {
        if (!isWatching) return;
        isWatching = false;
        watchers -= 1;
        if (watchers === 0) clearInterval(timer);
      };
    },
  };
}
