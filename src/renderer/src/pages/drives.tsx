// Drives of this computer, live: which may be written, which not and why, what is on them.
import type { ReactNode } from 'react';
import type { DriveListing, ListedDrive } from '../../../shared/model/drive.ts';
import { Button } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { useLive } from '../connection/context.tsx';
import { driveName, groupDrives } from '../derive/drive-view.ts';
import { DriveCard } from '../drives/drive-card.tsx';
import { flashRoute } from '../route.ts';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

export function DrivesPage(): ReactNode {
  const { value, error } = useLive('drives', (client, signal) => client.drives.watch({}, { signal }));
  return (
    <Page
      title="Drives"
      lead="For a real machine, an image is written to a stick, a card or a disk. What this computer runs from is found by what is mounted and stacked on it, and is never written."
    >
      {error === null ? null : <ErrorCard error={error} />}
      {value === null ? (
        error === null ? (
          <Waiting>Looking at the drives</Waiting>
        ) : null
      ) : (
        <Listing listing={value} />
      )}
    </Page>
  );
}

function Listing({ listing }: { listing: DriveListing }): ReactNode {
  const { free, refused, rest } = groupDrives(listing.drives);
  return (
    <>
      {listing.problems.map((problem) => (
        <section key={problem} className="notice bad" role="alert">
          <Icon name="warning" size={20} />
          <div className="notice-text">
            <p className="notice-title">No drive is written: not everything could be read</p>
            <p>{problem}</p>
          </div>
        </section>
      ))}
      {listing.allowWriting ? null : (
        <section className="notice" aria-label="Writing is off">
          <Icon name="eye" size={20} />
          <div className="notice-text">
            <p className="notice-title">Here drives can be looked at, not written</p>
            <p>
              The browser host writes drives only when it was started with{' '}
              <code>seedbed serve --allow-drives</code>.
            </p>
          </div>
        </section>
      )}
      <section aria-labelledby="free-drives">
        <h2 id="free-drives">May be written</h2>
        {free.length === 0 ? (
          <Empty icon="drives" title="No drive that could be written">
            Plug in a stick, a card or a disk: it appears here by itself.
          </Empty>
        ) : (
          <Cards drives={free} label="Drives that may be written" canWrite={listing.allowWriting} />
        )}
      </section>
      {refused.length === 0 ? null : (
        <section aria-labelledby="refused-drives">
          <h2 id="refused-drives">Never written, or not now</h2>
          <Cards drives={refused} label="Drives that are refused" />
        </section>
      )}
      {rest.length === 0 ? null : (
        <Fold title="Loop devices in use and empty card slots" summary={`${rest.length}`}>
          <Cards drives={rest} label="Loop devices in use and empty card slots" />
        </Fold>
      )}
      <p className="visually-hidden" role="status">
        {free.length === 1 ? '1 drive may be written' : `${free.length} drives may be written`}
      </p>
    </>
  );
}

function Cards(props: { drives: readonly ListedDrive[]; label: string; canWrite?: boolean }): ReactNode {
  const { drives, label, canWrite = false } = props;
  return (
    <ul className="cards" aria-label={label}>
      {drives.map((listed) => (
        <DriveCard
          key={listed.drive.id}
          listed={listed}
          actions={canWrite ? <WriteButton listed={listed} /> : undefined}
        />
      ))}
    </ul>
  );
}

function WriteButton({ listed: { drive } }: { listed: ListedDrive }): ReactNode {
  return (
    <Button
      kind="primary"
      label={`Write an image to ${driveName(drive)}, ${drive.path}`}
      onPress={() => navigate(flashRoute({ drive: drive.id }))}
    >
      Write an image
    </Button>
  );
}
