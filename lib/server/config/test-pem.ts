// A certificate and its key for the tests of this folder, made for nothing else: CN=howdah-test, trusted by nobody.

export const TEST_CERT = `-----BEGIN CERTIFICATE-----
MIIBgzCCASmgAwIBAgIUKoBhp5sPb3k3eekZoep7g8enYyUwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLaG93ZGFoLXRlc3QwIBcNMjYxMTIwMjMyODAwWhgPMjEyNjEw
MjcyMzI4MDBaMBYxFDASBgNVBAMMC2hvd2RhaC10ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEfSbKC4pPBeKvoXdZiFafypWhIxuwRJwLc5RGyTrEUkillshw
t/fjf+olRe05MQJeLkRJNs5VUFCVd9KNYfXocqNTMFEwHQYDVR0OBBYEFKqp1ZHP
p+MimWie4UO3YxTT5GrmMB8GA1UdIwQYMBaAFKqp1ZHPp+MimWie4UO3YxTT5Grm
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAP2zXIxFAwsAdcRS
A1DOyO0vQOtf40qVHAqQNa3x9+uVAiAr63y55YkHn3aKALgI0zto21IDudKNn7/+
b0qPVcC/Mw==
-----END CERTIFICATE-----
`;

export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZIfNDQUhafAgZzSS
SyZVq5DXjBWYWe9jKRf7M69CFo+hRANCAAR9JsoLik8F4q+hd1mIVp/KlaEjG7BE
nAtzlEbJOsRSSKWWyHC39+N/6iVF7TkxAl4uREk2zlVQUJV30o1h9ehy
-----END PRIVATE KEY-----
`;

/** A line of the key: where it shows up, the key leaked. */
export const TEST_KEY_LINE = 'SyZVq5DXjBWYWe9jKRf7M69CFo';
