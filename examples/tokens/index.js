// Passwords by bcryptjs and scrypt, tokens by jsonwebtoken and jose: each package checks what the other has signed.
import { generateKeyPairSync, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import bcrypt from "bcryptjs";
import { EncryptJWT, importPKCS8, importSPKI, jwtDecrypt, jwtVerify, SignJWT } from "jose";
import jsonwebtoken from "jsonwebtoken";

const claims = { sub: "alice", scope: ["read"] };
const secret = "a secret that everybody may read, since this is an example";
const encoding = { publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } };
const pairs = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048, ...encoding }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256", ...encoding }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384", ...encoding }),
};

async function exchanged(alg) {
  const shared = alg.startsWith("HS") ? { privateKey: secret, publicKey: secret } : pairs[alg]();
  const joseKey = alg.startsWith("HS") ? new TextEncoder().encode(secret) : await importPKCS8(shared.privateKey, alg);
  const joseCheck = alg.startsWith("HS") ? joseKey : await importSPKI(shared.publicKey, alg);
  const byNode = jsonwebtoken.sign(claims, shared.privateKey, { algorithm: alg, expiresIn: "1h" });
  const { payload } = await jwtVerify(byNode, joseCheck);
  const byJose = await new SignJWT(claims).setProtectedHeader({ alg }).setExpirationTime("1h").sign(joseKey);
  const verified = jsonwebtoken.verify(byJose, shared.publicKey, { algorithms: [alg] });
  const [head, body, signature] = byJose.split(".");
  let forged;
  try {
    forged = jsonwebtoken.verify([head, btoa(JSON.stringify({ sub: "mallory" })).replace(/=+$/, ""), signature].join("."), shared.publicKey, { algorithms: [alg] });
  } catch (error) {
    forged = error.message;
  }
  return { jose: payload.sub, jsonwebtoken: verified.scope, forged, bytes: body.length > 0 };
}

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/jwt":
        return Response.json(await exchanged(searchParams.get("alg")));
      case "/jwe": {
        const key = crypto.getRandomValues(new Uint8Array(32));
        const token = await new EncryptJWT(claims).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
        return Response.json((await jwtDecrypt(token, key)).payload);
      }
      case "/bcrypt": {
        const hash = await bcrypt.hash("correct horse", 4);
        return Response.json([hash.slice(0, 7), await bcrypt.compare("correct horse", hash)]);
      }
      case "/scrypt": {
        const derived = await promisify(scrypt)("pleaseletmein", "SodiumChloride", 64);
        return Response.json([derived.toString("hex"), timingSafeEqual(derived, Buffer.from(derived))]);
      }
      default:
        return new Response("There is /jwt?alg=, /jwe, /bcrypt and /scrypt.\n", { status: 404 });
    }
  },
};
