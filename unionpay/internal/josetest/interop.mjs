// Reads one JSON command per line and answers each with one line of JSON.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { createInterface } from "node:readline";
import { CompactEncrypt, compactDecrypt, flattenedVerify } from "jose";

const crit = { "UPI-UUID": true, "UPI-TIMESTAMP": true, "UPI-APPID": true, "UPI-REQPATH": true };
const commands = {
  async verify({ jws, payload, key }) {
    const [header, detached, signature] = jws.split(".");
    if (detached !== "") throw new Error("the payload is not detached");
    const result = await flattenedVerify({ protected: header, payload, signature }, createPublicKey(key), {
      algorithms: ["RS256"],
      crit,
    });
    return result.protectedHeader;
  },
  async decrypt({ jwe, key, alg, enc }) {
    const result = await compactDecrypt(jwe, createPrivateKey(key), {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
    });
    return { plaintext: new TextDecoder().decode(result.plaintext), header: result.protectedHeader };
  },
  async encrypt({ plaintext, key, kid, alg, enc }) {
    const jwe = await new CompactEncrypt(new TextEncoder().encode(plaintext))
      .setProtectedHeader({ alg, enc, kid })
      .encrypt(createPublicKey(key));
    return { jwe };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await commands[command.do](command) }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error.code ?? error.name}: ${error.message}` }));
  }
}
