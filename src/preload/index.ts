// Forwards one port to the page, and turns what the person drops on it into tokens; nothing else. The page asks for the port with a nonce, so that
// no other frame's message is taken for it. Paths of dropped files go to the main process only, and only those of a real drop event.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  DROP_CHANNEL,
  type DropNotice,
  PORT_CHANNEL,
  type PortAnswer,
  readPortRequest,
} from '../shared/window-protocol.ts';

contextBridge.exposeInMainWorld('seedbedHost', { present: true });

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== location.origin) return;
  const request = readPortRequest(event.data);
  if (request === null) return;
  const answer: PortAnswer = { type: 'seedbed-port', nonce: request.nonce };
  window.postMessage(answer, location.origin, [sendPort(PORT_CHANNEL, null)]);
});

// A script's own event is not trusted, and a file that a script made has no path.
window.addEventListener(
  'drop',
  (event) => {
    const files = event.isTrusted ? [...(event.dataTransfer?.files ?? [])] : [];
    if (files.length === 0) return;
    const paths = files.map((file) => webUtils.getPathForFile(file));
    const notice: DropNotice = { type: 'seedbed-dropped' };
    window.postMessage(notice, location.origin, [sendPort(DROP_CHANNEL, paths)]);
  },
  true,
);

/** One end of a channel goes to the main process; the other is returned. */
function sendPort(channel: string, message: unknown): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(channel, message, [port2]);
  return port1;
}
