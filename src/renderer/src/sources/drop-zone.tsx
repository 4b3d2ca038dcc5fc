// Files and folders that are dropped on the Sources page: whatever fits is taken, by sha256. In the window the host gets their paths and reads them itself;
// a browser's page is not told where they lie, so it sends their bytes.
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { useAction, useJobs } from '../connection/context.tsx';
import { shownJob } from '../derive/source-jobs.ts';
import { type Dropped, type DroppedFile, holdsFiles, readDrop } from './dropped.ts';
import { sendFiles } from './send-files.ts';
import { changeView } from './sources-address.ts';

/** Browsers tell of a drag at least three times a second while it goes on. */
const DRAG_OVER_MS = 600;

/** Null: no checkout is chosen, so nothing is known to be wanted. */
export function DropZone({ selection }: { selection: DistfileSelection | null }): ReactNode {
  const { act, error } = useAction();
  const busy = shownJob(useJobs().value ?? [], null)?.state === 'running';
  const [refusal, setRefusal] = useState<string | null>(null);
  const isOver = useFileDrag(!busy, (dropped) => {
    setRefusal(null);
    if (busy)
      setRefusal('Something else is being done with distfiles. Wait until it has ended, or cancel it.');
    else if (selection === null) setRefusal('Choose a checkout first: it says which files are wanted.');
    else
      act(async (client) => {
        const { from, files } = await sortDropped(dropped);
        if (from.length > 0)
          changeView({ job: (await client.distfiles.import({ ...selection, from })).jobId });
        else if (files.length === 0) setRefusal('There is no file in what you dropped that could be read.');
        // Not waited for: the job tells how far it is.
        else
          await new Promise<void>((started, failed) => {
            sendFiles(client, selection, files, (job) => {
              changeView({ job });
              started();
            }).catch(failed);
          });
      });
  });
  return (
    <>
      {isOver ? <DropHint busy={busy} /> : null}
      {error === null ? null : <ErrorCard error={error} />}
      {refusal === null ? null : (
        <section className="notice warn" role="alert">
          <Icon name="warning" size={20} />
          <div className="notice-text">
            <p className="notice-title">Nothing was taken</p>
            <p>{refusal}</p>
          </div>
          <Button kind="quiet" size="small" icon="cross" label="Close" onPress={() => setRefusal(null)} />
        </section>
      )}
    </>
  );
}

function DropHint({ busy }: { busy: boolean }): ReactNode {
  return (
    <div className="drop-hint" role="status">
      <div className="drop-words">
        <Icon name={busy ? 'clock' : 'download'} size={30} />
        <p className="empty-title">{busy ? 'Wait until the job has ended' : 'Drop files or folders'}</p>
        <p>
          {busy
            ? 'Then they can be taken.'
            : 'Whatever the checkout wants is taken, by its sha256. Names do not matter.'}
        </p>
      </div>
    </div>
  );
}

/** Whether files are dragged over the page now. What is dropped is read at once and given to `onDrop`. */
function useFileDrag(accepts: boolean, onDrop: (dropped: Dropped) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const over = useEffectEvent((event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = accepts ? 'copy' : 'none';
    setIsOver(true);
  });
  const drop = useEffectEvent((event: DragEvent) => {
    setIsOver(false);
    if (!holdsFiles(event)) return;
    event.preventDefault();
    onDrop(readDrop(event));
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    function follow(event: DragEvent): void {
      clearTimeout(timer);
      timer = setTimeout(() => setIsOver(false), DRAG_OVER_MS);
      over(event);
    }
    const drops = (event: DragEvent): void => drop(event);
    document.addEventListener('dragover', follow);
    document.addEventListener('drop', drops);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('dragover', follow);
      document.removeEventListener('drop', drops);
    };
  }, []);
  return isOver;
}

/** Places that the host reads itself; where there is none for anything, the files to send. */
async function sortDropped({ things, places }: Dropped): Promise<{ from: string[]; files: DroppedFile[] }> {
  const known = await places;
  const from = (known ?? []).flatMap((place) => (place === null ? [] : [place.token]));
  if (from.length > 0) return { from, files: [] };
  return { from, files: (await Promise.all(things.map(({ files }) => files()))).flat() };
}
