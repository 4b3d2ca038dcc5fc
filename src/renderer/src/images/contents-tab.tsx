// What is in an image: its folders and files to walk, and to extract into a folder that the user chooses through the host.
import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react';
import { GridList, GridListItem, ListLayout, type Selection, Virtualizer } from 'react-aria-components';
import { describeReader } from '../../../shared/content-reader.ts';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import type { ContentEntry, ContentListing } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { countOf } from '../derive/distfile-view.ts';
import { contentNote, extractSummary, foldersFirst, parentPath, pathParts } from '../derive/contents-view.ts';
import type { ImageView } from '../route-views.ts';
import { useLast } from '../use-last.ts';
import { changeImageView } from './image-address.ts';
import { JobCard, useImageJob } from './job-card.tsx';

const MOST_ENTRIES = 10_000;
const LAYOUT = { rowHeight: 40 };

export function ContentsTab({ image, view }: { image: DiskChoice; view: ImageView }): ReactNode {
  const path = view.path ?? '/';
  const { value, error } = useAnswer(`list ${JSON.stringify(image)} ${path}`, (client, signal) =>
    client.imageReading.list({ image, path, limit: MOST_ENTRIES }, { signal }),
  );
  const listing = useLast(value);
  // Whoever walks by keyboard goes on in the next folder; whoever just came keeps the focus where it is.
  const [hasWalked, setHasWalked] = useState(false);
  function walkTo(next: string): void {
    setHasWalked(true);
    changeImageView({ path: next === '/' ? null : next });
  }
  return (
    <div className="contents">
      <Path path={path} onOpen={walkTo} />
      {error === null ? null : <ErrorCard error={error} />}
      {listing === null && error === null ? <Waiting>Reading the folder</Waiting> : null}
      {listing === null || error !== null ? null : (
        <Listing
          key={listing.path}
          image={image}
          listing={listing}
          job={view.job}
          takesFocus={hasWalked}
          onOpen={walkTo}
        />
      )}
    </div>
  );
}

function Path({ path, onOpen }: { path: string; onOpen: (path: string) => void }): ReactNode {
  return (
    <nav className="crumbs" aria-label="Folder">
      <Button
        size="small"
        icon="up"
        label="Up to the parent folder"
        disabled={path === '/'}
        onPress={() => onOpen(parentPath(path))}
      />
      {pathParts(path).map(({ name, path: to }, at, all) => (
        <span key={to} className="crumb">
          {at === 0 ? null : <span aria-hidden="true">/</span>}
          {at === all.length - 1 ? (
            <span aria-current="location">{name}</span>
          ) : (
            <Button size="small" kind="quiet" onPress={() => onOpen(to)}>
              {name}
            </Button>
          )}
        </span>
      ))}
    </nav>
  );
}

function Listing(props: {
  image: DiskChoice;
  listing: ContentListing;
  job: string | null;
  takesFocus: boolean;
  onOpen: (path: string) => void;
}): ReactNode {
  const { image, listing, onOpen } = props;
  const { total, path, warnings } = listing;
  const entries = useMemo(() => foldersFirst(listing.entries), [listing]);
  const [selected, setSelected] = useState<Selection>(new Set());
  const { act, pending, error } = useAction();
  const job = useImageJob('image.extract', props.job);
  const paths = selected === 'all' ? entries.map((entry) => entry.path) : [...selected].map(String);
  const wanted = paths.length === 0 || paths.length > MOST_PATHS ? [path] : paths;
  const question = usePlaceQuestion('folder', (to) =>
    act(async (client) => {
      const { jobId } = await client.imageReading.extract({ image, paths: wanted, to });
      changeImageView({ job: jobId });
    }),
  );
  const problem = error ?? question.error;
  function goUp(event: KeyboardEvent): void {
    if (event.key !== 'Backspace' || path === '/') return;
    event.preventDefault();
    onOpen(parentPath(path));
  }
  return (
    <>
      <div className="contents-list" onKeyDown={goUp}>
        <Virtualizer layout={ListLayout} layoutOptions={LAYOUT}>
          <GridList
            aria-label={`What is in ${path}`}
            className="entries"
            {...(props.takesFocus ? { autoFocus: 'first' as const } : {})}
            items={entries.map((entry) => ({ id: entry.path, entry }))}
            selectionMode="multiple"
            selectionBehavior="replace"
            selectedKeys={selected}
            onSelectionChange={setSelected}
            onAction={(key) => {
              const entry = entries.find((one) => one.path === key);
              if (entry?.kind === 'directory') onOpen(entry.path);
            }}
            renderEmptyState={() => <p className="grid-empty">Nothing is in here.</p>}
          >
            {({ entry }) => <Entry entry={entry} />}
          </GridList>
        </Virtualizer>
      </div>
      <div className="card-actions start">
        <Button
          icon="download"
          pending={pending || question.pending || job?.state === 'running'}
          onPress={question.ask}
        >
          {paths.length === 0
            ? path === '/'
              ? 'Extract everything…'
              : 'Extract this folder…'
            : `Extract ${countOf(paths.length, 'selected', 'selected')}…`}
        </Button>
        <span className="hint" role="status">
          {total > entries.length
            ? `The first ${formatCount(entries.length)} of ${formatCount(total)} names`
            : countOf(total, 'name', 'names')}
          . Enter opens a folder, Backspace goes up; Ctrl or Shift selects several.
        </span>
      </div>
      {listing.reader === null ? null : <p className="hint">{describeReader(listing.reader)}</p>}
      {problem === null ? null : <ErrorCard error={problem} />}
      {question.dialog}
      {job === null ? null : <JobCard job={job} />}
      {job?.state === 'done' ? <ExtractResult key={job.id} job={job.id} /> : null}
      {warnings.length === 0 ? null : (
        <FindingList
          label="Warnings"
          findings={warnings.map((what) => ({ id: what, level: 'warning', what, detail: '', hint: '' }))}
        />
      )}
    </>
  );
}

const MOST_PATHS = 1000;

function Entry({ entry }: { entry: ContentEntry }): ReactNode {
  return (
    <GridListItem id={entry.path} className="entry" textValue={entry.label}>
      <Icon name={entry.kind === 'directory' ? 'folder' : 'file'} size={17} />
      <span className="entry-name cell-clip">{entry.label}</span>
      <span className="entry-note cell-clip">{contentNote(entry)}</span>
      <span className="entry-size">{entry.kind === 'file' ? formatBytes(entry.sizeBytes) : ''}</span>
    </GridListItem>
  );
}

function ExtractResult({ job }: { job: string }): ReactNode {
  const { value } = useAnswer(`extracted ${job}`, (client, signal) =>
    client.imageReading.extractReport({ job }, { signal }),
  );
  if (value === null) return null;
  return (
    <section
      className={`notice ${value.skippedCount === 0 ? 'good' : 'warn'}`}
      role="status"
      aria-label="Result of the job"
    >
      <Icon name={value.skippedCount === 0 ? 'check' : 'warning'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{extractSummary(value)}</p>
        <p className="path">{value.folder}</p>
        {value.reader === null ? null : <p>{describeReader(value.reader)}</p>}
        {value.skipped.length === 0 ? null : (
          <ul className="plain-list" aria-label="Not written">
            {value.skipped.map(({ path, reason }) => (
              <li key={path}>
                <span className="path">{path}</span> <span className="muted">{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
