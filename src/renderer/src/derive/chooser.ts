// What the folder chooser lists and what its button would choose.
import type { PlaceEntry, PlaceKind, PlaceListing } from '../../../shared/model/host.ts';

export function wantsFolder(kind: PlaceKind): boolean {
  return kind === 'checkout' || kind === 'distfiles' || kind === 'folder';
}

/** Folders always (they lead on); files only where one is wanted. */
export function entriesFor(kind: PlaceKind, listing: PlaceListing): PlaceEntry[] {
  return listing.entries.filter((entry) => entry.kind === 'folder' || !wantsFolder(kind));
}

/** The token that the button chooses, with its words; null when nothing fits yet. */
export function choiceOf(
  kind: PlaceKind,
  listing: PlaceListing,
  selected: PlaceEntry | null,
): { token: string; text: string } | null {
  if (wantsFolder(kind)) {
    if (selected?.kind === 'folder') return { token: selected.token, text: `Choose “${selected.name}”` };
    return { token: listing.place.token, text: `Choose “${placeName(listing.place.label)}”` };
  }
  return selected?.kind === 'file' ? { token: selected.token, text: `Choose “${selected.name}”` } : null;
}

const TITLES: Record<PlaceKind, string> = {
  checkout: 'Choose a live-bootstrap checkout',
  archive: 'Choose a checkout archive',
  distfiles: 'Choose the folder of distfiles',
  image: 'Choose an image file',
  file: 'Choose a file',
  folder: 'Choose a folder',
  log: 'Choose a console log',
};

export function chooserTitle(kind: PlaceKind): string {
  return TITLES[kind];
}

/** Last part of a path, for short buttons; the path itself for a root. */
export function placeName(label: string): string {
  return label.split(/[/\\]/).findLast((part) => part !== '') ?? label;
}
