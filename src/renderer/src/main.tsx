// Start of the page.
import { ZOD_SETTINGS } from './zod-setup.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { FaultBoundary } from './components/fault-boundary.tsx';
import { ConnectionProvider } from './connection/context.tsx';
import { openConnection } from './connection/connection.ts';
import { refuseDrops } from './refuse-drops.ts';
import '@xterm/xterm/css/xterm.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/overlays.css';
import './styles/lists.css';
import './styles/pages.css';
import './styles/run.css';
import './styles/sources.css';
import './styles/image.css';
import './styles/audit.css';
import './styles/chain.css';
import './styles/paper.css';
import './styles/drives.css';

const root = document.getElementById('root');
if (root !== null && ZOD_SETTINGS.jitless === true) {
  refuseDrops();
  createRoot(root).render(
    <StrictMode>
      <FaultBoundary>
        <ConnectionProvider connection={openConnection()}>
          <App />
        </ConnectionProvider>
      </FaultBoundary>
    </StrictMode>,
  );
}
