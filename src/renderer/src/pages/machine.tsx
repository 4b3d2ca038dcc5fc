// This machine: what a run needs of it, and which accelerators really work.
import type { ReactNode } from 'react';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Probe } from '../components/probe.tsx';
import { Facts } from '../components/status.tsx';
import { useAnswer, useConnection } from '../connection/context.tsx';
import { NoticeSettingsSection } from '../notices/notice-settings.tsx';
import { Page } from './page.tsx';

export function MachinePage(): ReactNode {
  const { info } = useConnection();
  const doctor = useAnswer('doctor', (client, signal) => client.host.doctor({}, { signal }));
  return (
    <Page
      title="This machine"
      lead="What a run needs, and what was found here. The accelerators are tried by booting a small system."
      actions={
        <Button icon="again" pending={doctor.busy} onPress={doctor.again}>
          Check again
        </Button>
      }
    >
      {doctor.error === null ? null : <ErrorCard error={doctor.error} />}
      {doctor.value === null ? (
        doctor.error === null ? (
          <Waiting>Checking this machine; booting takes a few seconds</Waiting>
        ) : null
      ) : (
        <>
          <section aria-labelledby="findings">
            <h2 id="findings">Findings</h2>
            <FindingList findings={doctor.value.findings} label="Findings" />
          </section>
          <section aria-labelledby="accelerators">
            <h2 id="accelerators">Accelerators</h2>
            <ul className="probes">
              {doctor.value.probes.map((probe) => (
                <Probe key={probe.accelerator} probe={probe} />
              ))}
            </ul>
          </section>
        </>
      )}
      <NoticeSettingsSection />
      {info === null ? null : (
        <section aria-labelledby="seedbed">
          <h2 id="seedbed">Seedbed</h2>
          <Facts
            facts={[
              { name: 'Version', value: info.version },
              { name: 'Shown by', value: info.host === 'window' ? 'its own window' : 'the browser host' },
              { name: 'Platform', value: info.platform },
              { name: 'Data folder', value: <span className="path">{info.dataFolder}</span> },
            ]}
          />
        </section>
      )}
    </Page>
  );
}
