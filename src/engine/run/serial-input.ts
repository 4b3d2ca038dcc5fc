// Typing on the guest's serial console. QEMU takes one client at a time and drops what a client has left behind when it hangs up, so the line is
// only half closed, and is over when QEMU has taken everything (QEMU chardev/char-socket.c, tcp_chr_read at end of file).
import { connect } from 'node:net';
import { SeedbedError } from '../../shared/errors.ts';
import { shortPath } from './qmp-client.ts';
import { RUN_FILES, type RunFolder } from './run-folder.ts';

/** What Enter sends on a terminal. */
export const ENTER = '\r';

/** Types `text` as it is. Throws CONSOLE_BUSY when the guest, or another client before us, has not taken it in time. */
export async function typeOnConsole(
  folder: RunFolder,
  text: string,
  { timeoutMilliseconds, signal }: { timeoutMilliseconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const { path, tidy } = await shortPath(folder.path, RUN_FILES.serialSocket);
  const socket = connect({ path, allowHalfOpen: true });
  const abort = (): void => void socket.destroy();
  const late = setTimeout(abort, timeoutMilliseconds);
  signal?.addEventListener('abort', abort);
  try {
    // What the guest prints meanwhile comes here too; whoever does not read it holds the guest up. It is in the log anyway.
    socket.resume();
    const taken = await new Promise<boolean>((resolve) => {
      socket.once('end', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.end(text);
    });
    signal?.throwIfAborted();
    if (!taken) throw new SeedbedError('CONSOLE_BUSY', { run: folder.id });
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', abort);
    socket.destroy();
    await tidy();
  }
}
