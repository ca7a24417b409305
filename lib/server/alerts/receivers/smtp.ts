// Mail. One connection per message: there are few of them, and a pool would hold a dead one in the night it is needed. All
// messages of one incident share a thread, and a repeated attempt has the same Message-ID. Each recipient is an address of the outbox:
// a server that refuses one of them has told the others, and they are not told again.
import { once } from 'node:events';
import { connect } from 'node:net';
import { classify } from '../../../io/failure';
import { sslOf } from '../../../io/tls';
import { say } from '../../../language/sentence';
import { SpokenError, saidBy } from '../../../language/spoken-error';
import type { SmtpSettings } from '../../config/receiver-settings';
import { material } from '../../tls-material';
import { answerText, type Receiver, SEND_MS, type Sent } from './receiver';

const STEP_MS = 5000;
/** Of all that the server says in one conversation; an honest one needs less than 4 KiB. nodemailer caps each answer, not how many there are. */
const CONVERSATION_MAX_BYTES = 256 * 1024;
/** So often it is looked at: what TLS reads passes no listener. */
const WATCH_MS = 20;

/** `sendMs`: of the whole conversation. */
export function smtpReceiver(settings: SmtpSettings, sendMs = SEND_MS): Receiver {
  const password = settings.password?.reveal() ?? null;
  const tls = material(settings.tls);
  const secrets = [password, password === null ? null : Buffer.from(password).toString('base64')];
  return {
    name: settings.name,
    kind: 'smtp',
    language: () => settings.language,
    target: () => `${settings.to.join(', ')} by ${settings.host}:${settings.port}`,
    addresses: () => settings.to,
    async send(message, address): Promise<Sent> {
      // Rows of a release that wrote one mail to all have no address.
      const recipients = address === '' ? settings.to : settings.to.filter((to) => to === address);
      if (recipients.length === 0)
        return { ok: false, text: say`the recipient is gone`, final: true, retryAfterMs: null };
      const { default: nodemailer } = await import('nodemailer');
      const socket = connect({ host: settings.host, port: settings.port });
      const watch = setInterval(() => {
        if (socket.bytesRead > CONVERSATION_MAX_BYTES)
          socket.destroy(new SpokenError(say`it answers with more than was asked for`));
      }, WATCH_MS);
      socket.once('close', () => clearInterval(watch));
      // The first reason counts, whatever nodemailer makes of it.
      let broken: Error | null = null;
      socket.on('error', (error) => {
        broken ??= error;
      });
      const transport = nodemailer.createTransport({
        connection: socket,
        host: settings.host,
        port: settings.port,
        secure: settings.security === 'implicit',
        requireTLS: settings.security === 'starttls',
        ignoreTLS: settings.security === 'none',
        greetingTimeout: STEP_MS,
        socketTimeout: STEP_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(settings.username === null ? {} : { auth: { user: settings.username, pass: password ?? '' } }),
        ...(tls === null ? {} : { tls: sslOf(tls) }),
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' })), sendMs);
      });
      const thread = `<${message.group}@howdah.invalid>`;
      const mail = {
        from: settings.from,
        to: [...settings.to],
        envelope: { from: settings.from, to: [...recipients] },
        subject: message.title,
        text: message.text,
        messageId: `<${message.id}@howdah.invalid>`,
        references: thread,
        inReplyTo: thread,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Howdah-Id': message.id,
          ...(message.severity === 'critical' && message.reason !== 'over' ? { Importance: 'high' } : {}),
        },
      };
      const sending = once(socket, 'connect').then(() => transport.sendMail(mail));
      sending.catch(() => undefined);
      try {
        const { response, rejected } = await Promise.race([sending, late]);
        // nodemailer says goodbye meanwhile.
        setTimeout(() => socket.destroy(), STEP_MS).unref();
        if (rejected.length > 0) {
          const who = rejected.join(', ');
          return { ok: false, text: answerText(say`refused for ${who}`, secrets), final: false, retryAfterMs: null };
        }
        return { ok: true, text: answerText(String(response), secrets) };
      } catch (error) {
        socket.destroy();
        return refusalOf(broken ?? error, secrets);
      } finally {
        clearTimeout(timer);
        transport.close();
      }
    },
    close: async () => undefined,
  };
}

/** 5yz is for good (RFC 5321 4.2.1), but a sign-in or a relay that is not allowed can be mended: only the content is final. */
function refusalOf(error: unknown, secrets: readonly (string | null)[]): Sent {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : null;
  const said = typeof error === 'object' && error !== null && 'response' in error ? error.response : null;
  const text = typeof said === 'string' ? said : error instanceof SpokenError ? saidBy(error) : classify(error).message;
  const final = code === 552 || code === 554;
  return { ok: false, text: answerText(text, secrets), final, retryAfterMs: null };
}
