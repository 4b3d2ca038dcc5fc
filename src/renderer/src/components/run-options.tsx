// How the machine is set up: accelerator, memory, processors. Folded away, since the defaults are right for nearly everybody.
import type { ReactNode } from 'react';
import { MINIMUM_MEMORY_MIB } from '../../../shared/limits.ts';
import type { FittedMachine } from '../../../shared/model/bootstrap.ts';
import type { AcceleratorChoice } from '../../../shared/model/run.ts';
import { DEFAULT_RUN_OPTIONS, MOST_CORES, MOST_MEMORY_MIB, type RunOptions } from '../derive/choices.ts';
import { ChoiceField, NumberField } from './fields.tsx';
import { Fold } from './overlays.tsx';

const ACCELERATORS: readonly { id: AcceleratorChoice; text: string }[] = [
  { id: 'auto', text: 'Automatic: the fastest that works' },
  { id: 'kvm', text: 'KVM: hardware acceleration only' },
  { id: 'tcg', text: 'TCG: software, works everywhere' },
];

export function RunOptionsFold(props: {
  options: RunOptions;
  onChange: (options: RunOptions) => void;
  /** What suits this computer, and why; where that is what is taken. */
  fitted?: FittedMachine | null;
  children?: ReactNode;
}): ReactNode {
  const { options, onChange, fitted = null } = props;
  return (
    <Fold title="Options" summary={summaryOf(options)}>
      <div className="option-grid">
        <ChoiceField
          label="Accelerator"
          help="Automatic boots a small check first, since KVM can be present and still fail."
          value={options.accelerator}
          choices={ACCELERATORS}
          onChange={(accelerator) => onChange({ ...options, accelerator })}
        />
        <NumberField
          label="Memory"
          unit="MiB"
          help={
            fitted === null
              ? `At least ${MINIMUM_MEMORY_MIB}; the default is ${DEFAULT_RUN_OPTIONS.memoryMiB}.`
              : `At least ${MINIMUM_MEMORY_MIB}; fitted to this computer: ${fitted.memoryMiB}.`
          }
          value={options.memoryMiB}
          least={MINIMUM_MEMORY_MIB}
          most={MOST_MEMORY_MIB}
          step={256}
          onChange={(memoryMiB) => onChange({ ...options, memoryMiB })}
        />
        <NumberField
          label="Processors"
          unit="cores"
          {...(fitted === null ? {} : { help: `Fitted to this computer: ${fitted.cores}.` })}
          value={options.cores}
          least={1}
          most={MOST_CORES}
          onChange={(cores) => onChange({ ...options, cores })}
        />
        {props.children}
      </div>
      {fitted?.reasons.map((reason) => (
        <p key={reason} className="hint">
          {reason}
        </p>
      ))}
    </Fold>
  );
}

function summaryOf({ accelerator, memoryMiB, cores }: RunOptions): string {
  const first = accelerator === 'auto' ? 'automatic accelerator' : accelerator.toUpperCase();
  return `${first}, ${memoryMiB} MiB, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
