// Mail. One connection per message: there are few of them, and a pool would hold a dead one in the night it is needed. All
// messages of one incident share a thread, and a repeated attempt has the same Message-ID. Each recipient is an address of the outbox:
// a server that refuses one of them has told the others, and they are not told again.
import { classify } from '../../../io/failure';
import { sslOf } from '../../../io/tls';
import { say } from '../../../language/sentence';
import type { SmtpSettings } from '../../config/receiver-settings';
import { material } from '../../tls-material';
import { answerText, type Receiver, SEND_MS, type Sent } from './receiver';

const STEP_MS = 5000;

export function smtpReceiver(settings: SmtpSettings): Receiver {
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
      const transport = nodemailer.createTransport({
        host: settings.host,
        port: settings.port,
        secure: settings.security === 'implicit',
        requireTLS: settings.security === 'starttls',
        ignoreTLS: settings.security === 'none',
        connectionTimeout: STEP_MS,
        greetingTimeout: STEP_MS,
        socketTimeout: STEP_MS,
        dnsTimeout: STEP_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(settings.username === null ? {} : { auth: { user: settings.username, pass: password ?? '' } }),
        ...(tls === null ? {} : { tls: sslOf(tls) }),
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' })), SEND_MS);
      });
      const thread = `<${message.group}@howdah.invalid>`;
      const sending = transport.sendMail({
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
      });
      sending.catch(() => undefined);
      try {
        const { response, rejected } = await Promise.race([sending, late]);
        if (rejected.length > 0) {
          const who = rejected.join(', ');
          return { ok: false, text: answerText(say`refused for ${who}`, secrets), final: false, retryAfterMs: null };
        }
        return { ok: true, text: answerText(String(response), secrets) };
      } catch (error) {
        return refusalOf(error, secrets);
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
  const text = typeof said === 'string' ? said : classify(error).message;
  const final = code === 552 || code === 554;
  return { ok: false, text: answerText(text, secrets), final, retryAfterMs: null };
}
