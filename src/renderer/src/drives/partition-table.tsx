// What is on a drive: its partitions, or the file system of the whole.
import type { ReactNode } from 'react';
import type { Drive } from '../../../shared/model/drive.ts';
import { formatDriveSize } from '../../../shared/units.ts';

export function PartitionTable({ drive }: { drive: Drive }): ReactNode {
  const { partitions, fsType, label, mountPoints, sizeBytes, path } = drive;
  const whole = fsType === null ? [] : [{ path, sizeBytes, fsType, typeName: null, label, mountPoints }];
  const rows = [...whole, ...partitions];
  if (rows.length === 0)
    return sizeBytes === 0 ? null : <p className="muted">Nothing that is known is on it.</p>;
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={`What is on ${path}`}>
      <table className="table drive-parts">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Size</th>
            <th scope="col">Holds</th>
            <th scope="col">Name</th>
            <th scope="col">Mounted at</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((part) => (
            <tr key={part.path}>
              <td>
                <code>{part.path}</code>
              </td>
              <td className="number">{formatDriveSize(part.sizeBytes)}</td>
              <td>{part.fsType ?? part.typeName ?? 'unknown'}</td>
              <td>{part.label ?? ''}</td>
              <td className="path">{part.mountPoints.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
