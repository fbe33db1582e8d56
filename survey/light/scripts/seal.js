// Seals text so that only the instance opens it; survey/seal.py says how.
'use strict';

async function seal(publicKey, text) {
  const {subtle} = crypto;
  const curve = {name: 'ECDH', namedCurve: 'P-256'};
  const theirs = Uint8Array.from(atob(publicKey), letter => letter.charCodeAt(0));
  const own = await subtle.generateKey(curve, false, ['deriveBits']);
  const point = await subtle.exportKey('raw', own.publicKey);
  const other = await subtle.importKey('raw', theirs, curve, false, []);
  const shared = await subtle.deriveBits({name: 'ECDH', public: other}, own.privateKey, 256);
  const info = await joined('suara-layanan sealed 1', point, theirs);
  const key = await subtle.deriveKey(
    {name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info},
    await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']),
    {name: 'AES-GCM', length: 256}, false, ['encrypt'],
  );
  const iv = new Uint8Array(12); // the key is never used again
  return joined(point, await subtle.encrypt({name: 'AES-GCM', iv}, key, await joined(text)));
}

const joined = (...parts) => new Response(new Blob(parts)).arrayBuffer();
