import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes a certificate authority and a server certificate for localhost (PEM) with openssl. */
export function makeCerts(dir) {
  mkdirSync(dir, { recursive: true });
  const at = (name) => join(dir, name);
  const openssl = (...args) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const key = ["-newkey", "rsa:2048", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "3650",
    "-subj",
    "/CN=test-ca",
  );
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(at("san.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signed = [
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "3650",
    "-extfile",
    "san.ext",
  ];
  openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.pem");
  // Kafka wants the key as PKCS#8 ("BEGIN PRIVATE KEY"), followed by the chain.
  const parts = ["server.key", "server.pem", "ca.pem"].map((name) => readFileSync(at(name), "utf8"));
  writeFileSync(at("keystore.pem"), parts.join(""));
  return { ca: at("ca.pem"), keystore: at("keystore.pem") };
}
