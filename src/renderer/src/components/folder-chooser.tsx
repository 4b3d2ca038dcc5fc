// Chooses a folder or file through the host's own list, where the host has no dialog of its own. Works by keyboard alone:
// arrows and typing move, Enter opens, Backspace goes up.
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { GridList, GridListItem, type Selection } from 'react-aria-components';
import type { Place, PlaceEntry, PlaceKind, PlaceListing } from '../../../shared/model/host.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { useAnswer } from '../connection/context.tsx';
import { chooserTitle, choiceOf, entriesFor, placeName, wantsFolder } from '../derive/chooser.ts';
import { Button } from './controls.tsx';
import { ErrorCard, Waiting } from './feedback.tsx';
import { Icon } from './icons.tsx';
import { Dialog } from './overlays.tsx';

interface ChooserProps {
  kind: PlaceKind;
  open: boolean;
  onChoose: (token: string) => void;
  onClose: () => void;
}

export function FolderChooser(props: ChooserProps): ReactNode {
  return (
    <Dialog open={props.open} title={chooserTitle(props.kind)} wide onClose={props.onClose}>
      <Chooser {...props} />
    </Dialog>
  );
}

function Chooser({ kind, onChoose, onClose }: ChooserProps): ReactNode {
  const roots = useAnswer('roots', (client, signal) => client.place.roots({}, { signal }));
  const [at, setAt] = useState<string | null>(null);
  const place = at ?? roots.value?.[0]?.token ?? null;
  const error = roots.error;
  return (
    <>
      <nav className="chooser-roots" aria-label="Start from">
        <span className="hint">Start from</span>
        {roots.value?.map((root: Place) => (
          <Button key={root.token} size="small" icon="folder" onPress={() => setAt(root.token)}>
            {placeName(root.label)}
          </Button>
        ))}
      </nav>
      {error === null ? null : <ErrorCard error={error} />}
      {place === null ? null : (
        <Listing key={place} kind={kind} place={place} onOpen={setAt} onChoose={onChoose} onClose={onClose} />
      )}
    </>
  );
}

interface ListingProps {
  kind: PlaceKind;
  place: string;
  onOpen: (token: string) => void;
  onChoose: (token: string) => void;
  onClose: () => void;
}

function Listing(props: ListingProps): ReactNode {
  const listing = useAnswer(`place ${props.place}`, (client, signal) =>
    client.place.list({ place: props.place }, { signal }),
  );
  if (listing.error !== null) return <ErrorCard error={listing.error} />;
  if (listing.value === null) return <Waiting>Reading the folder</Waiting>;
  return <Entries {...props} listing={listing.value} />;
}

function Entries({ kind, listing, onOpen, onChoose, onClose }: ListingProps & { listing: PlaceListing }) {
  const [selected, setSelected] = useState<PlaceEntry | null>(null);
  const entries = entriesFor(kind, listing);
  const choice = choiceOf(kind, listing, selected);
  const { parent } = listing;

  function act(key: string): void {
    const entry = entries.find(({ token }) => token === key);
    if (entry?.kind === 'folder') onOpen(entry.token);
    else if (entry !== undefined) onChoose(entry.token);
  }
  function select(keys: Selection): void {
    const key = keys === 'all' ? undefined : [...keys][0];
    setSelected(entries.find(({ token }) => token === key) ?? null);
  }
  function goUp(event: KeyboardEvent): void {
    if (event.key !== 'Backspace' || parent === null) return;
    event.preventDefault();
    onOpen(parent.token);
  }

  return (
    <>
      <div className="chooser-path">
        <Button
          size="small"
          icon="up"
          label="Up to the parent folder"
          disabled={parent === null}
          onPress={() => (parent === null ? undefined : onOpen(parent.token))}
        />
        <output className="path">{listing.place.label}</output>
      </div>
      {/* Backspace belongs to the list below, which lets it through. */}
      <div className="chooser-list" onKeyDown={goUp}>
        <GridList
          aria-label={`What is in ${listing.place.label}`}
          className="entries"
          items={entries.map((entry) => ({ ...entry, id: entry.token }))}
          selectionMode="single"
          selectionBehavior="replace"
          disallowEmptySelection
          onSelectionChange={select}
          onAction={(key) => act(String(key))}
          autoFocus="first"
          renderEmptyState={() => (
            <p className="entries-empty">
              {wantsFolder(kind)
                ? 'No folders in here. You can choose this folder, or go up.'
                : 'Empty folder. Go up.'}
            </p>
          )}
        >
          {(entry) => (
            <GridListItem className="entry" textValue={entry.name}>
              <Icon name={entry.kind === 'folder' ? 'folder' : 'file'} size={16} />
              <span className="entry-name">{entry.name}</span>
              {entry.isCheckout ? <span className="tag">live-bootstrap checkout</span> : null}
              {entry.sizeBytes === null ? null : (
                <span className="entry-size">{formatBytes(entry.sizeBytes)}</span>
              )}
            </GridListItem>
          )}
        </GridList>
      </div>
      {listing.leftOut > 0 ? (
        <p className="hint">{formatCount(listing.leftOut)} more entries are not listed.</p>
      ) : null}
      <div className="dialog-actions">
        <p className="hint grow">Enter opens a folder, Backspace goes up.</p>
        <Button onPress={onClose}>Cancel</Button>
        {wantsFolder(kind) && selected !== null ? (
          <Button onPress={() => onChoose(listing.place.token)}>
            {`Use “${placeName(listing.place.label)}” itself`}
          </Button>
        ) : null}
        <Button
          kind="primary"
          disabled={choice === null}
          onPress={() => (choice === null ? undefined : onChoose(choice.token))}
        >
          {choice?.text ?? 'Choose'}
        </Button>
      </div>
    </>
  );
}
