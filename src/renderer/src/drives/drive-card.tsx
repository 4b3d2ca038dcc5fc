// One drive: what it is, what is said against it, what is on it, why it looks as it does.
import type { ReactNode } from 'react';
import type { ListedDrive } from '../../../shared/model/drive.ts';
import { formatDriveSize } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Icon, type IconName } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { Badge, Facts } from '../components/status.tsx';
import { useAction } from '../connection/context.tsx';
import { driveName, driveState, orderFindings, otherUses } from '../derive/drive-view.ts';
import { PartitionTable } from './partition-table.tsx';

export function DriveCard({ listed, actions }: { listed: ListedDrive; actions?: ReactNode }): ReactNode {
  const { drive, findings, confirmation } = listed;
  const { word, tone } = driveState(listed);
  const title = `drive-${drive.kernelName}`;
  return (
    <li className="card drive-card" aria-labelledby={title}>
      <div className="drive-head">
        <div className="drive-words">
          <h3 id={title}>{driveName(drive)}</h3>
          <p className="muted">
            {formatDriveSize(drive.sizeBytes)} · {drive.kind.kind} · <code>{drive.path}</code>
          </p>
        </div>
        <Badge tone={tone}>{word}</Badge>
      </div>
      <Findings listed={listed} />
      {confirmation?.kind === 'typed' ? (
        <p className="drive-asks">
          Before it is written, <code>{confirmation.text}</code> must be typed.
        </p>
      ) : null}
      {otherUses(drive, findings).map(({ why }) => (
        <p key={why} className="muted">
          {why}
        </p>
      ))}
      <PartitionTable drive={drive} />
      <Fold
        title="More about it"
        summary={`looks like a${/^[aeiou]/.test(drive.kind.kind) ? 'n' : ''} ${drive.kind.kind}`}
      >
        <DriveFacts listed={listed} />
      </Fold>
      <div className="card-actions">
        {actions}
        <ProtectButton listed={listed} />
      </div>
    </li>
  );
}

const LEVELS: Record<'refuse' | 'warn' | 'note', { icon: IconName; word: string; look: string }> = {
  refuse: { icon: 'cross', word: 'Refused', look: 'problem' },
  warn: { icon: 'warning', word: 'Warning', look: 'warning' },
  note: { icon: 'dot', word: 'Note', look: 'ok' },
};

function Findings({ listed }: { listed: ListedDrive }): ReactNode {
  const findings = orderFindings(listed.findings);
  if (findings.length === 0) return null;
  return (
    <ul className="drive-findings" aria-label="What is said about it">
      {findings.map(({ level, code, why }) => (
        <li key={`${code} ${why}`} className={`finding ${LEVELS[level].look}`}>
          <span className="finding-sign">
            <Icon name={LEVELS[level].icon} size={15} />
            <span className="visually-hidden">{LEVELS[level].word}</span>
          </span>
          <p>{why}</p>
        </li>
      ))}
    </ul>
  );
}

function DriveFacts({ listed: { drive } }: { listed: ListedDrive }): ReactNode {
  const { kind } = drive;
  return (
    <>
      <Facts
        facts={[
          { name: 'Size', value: `${drive.sizeBytes} bytes` },
          {
            name: 'Sectors',
            value: `${drive.logicalSectorBytes} bytes, ${drive.physicalSectorBytes} inside`,
          },
          { name: 'Bus', value: drive.bus },
          { name: 'Serial number', value: drive.serial ?? 'it tells none' },
          { name: 'WWN', value: drive.wwn ?? 'it tells none' },
          { name: 'Id', value: <code className="path">{drive.id}</code> },
          ...(drive.backingFile === null
            ? []
            : [{ name: 'File', value: <span className="path">{drive.backingFile}</span> }]),
        ]}
      />
      <table className="drive-score">
        <caption>Why it looks like that</caption>
        <tbody>
          {kind.reasons.map(({ points, why }) => (
            <tr key={why}>
              <td>{why}</td>
              <td className="number">{formatPoints(points)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Together: above 0 looks made to be written over</th>
            <td className="number">{formatPoints(kind.score)}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}

function formatPoints(points: number): string {
  return points < 0 ? `−${-points}` : `+${points}`;
}

function ProtectButton({ listed: { drive, findings } }: { listed: ListedDrive }): ReactNode {
  const { act, pending, error } = useAction();
  const isOn = findings.some(({ code }) => code === 'protected');
  if (drive.serial === null && drive.wwn === null) return null;
  // What the computer runs from is refused whatever the list says.
  if (drive.system && !isOn) return null;
  return (
    <>
      <Button
        kind="quiet"
        pending={pending}
        label={`${isOn ? 'No longer protect it' : 'Never write this drive'}: ${driveName(drive)}, ${drive.path}`}
        onPress={() => act((client) => client.drives.protect({ drive: drive.id, protected: !isOn }))}
      >
        {isOn ? 'No longer protect it' : 'Never write this drive'}
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
    </>
  );
}
