// The browser's own dialogs about passkeys. Loaded when somebody asks for one: no page begins with it.
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

type Json = Readonly<Record<string, unknown>>;

/** null: the person left the dialog, or there is none that fits. */
export function sign(options: Json): Promise<Json | null> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return startAuthentication({ optionsJSON }).then((response) => ({ ...response }), left);
}

/** null: as above. Rejects where this device has one already. */
export function make(options: Json): Promise<Json | null> {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  return startRegistration({ optionsJSON }).then((response) => ({ ...response }), left);
}

function left(error: unknown): null {
  if (error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
  throw error;
}
