// One accelerator that was tried: does it work, and why not.
import type { ReactNode } from 'react';
import type { AcceleratorProbe } from '../../../shared/model/run.ts';
import { formatDuration } from '../../../shared/units.ts';
import { Badge } from './status.tsx';

const NAMES: Record<AcceleratorProbe['accelerator'], string> = {
  kvm: 'KVM (hardware)',
  hvf: 'HVF (hardware)',
  whpx: 'WHPX (hardware)',
  tcg: 'TCG (software)',
};

export function Probe({ probe }: { probe: AcceleratorProbe }): ReactNode {
  return (
    <li className="probe">
      <div className="probe-head">
        <strong>{NAMES[probe.accelerator]}</strong>
        <Badge tone={probe.works ? 'good' : 'warn'}>{probe.works ? 'Works' : 'Does not work'}</Badge>
        <span className="muted">tried for {formatDuration(probe.milliseconds)}</span>
      </div>
      {probe.reason === '' ? null : <p className="probe-reason">{probe.reason}</p>}
    </li>
  );
}
