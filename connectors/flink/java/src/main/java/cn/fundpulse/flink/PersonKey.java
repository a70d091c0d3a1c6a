package cn.fundpulse.flink;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Everything that depends on `privacy.personKey` (connectors/state/person-key.ts). The key comes from the environment
 * of the TaskManagers alone; it stands in no SQL text, plan or web page.
 */
final class PersonKey {
  static final String VARIABLE = "FUNDPULSE_PERSON_KEY";
  private static final int BLOCK = 16;
  private final Cipher cipher;
  private final byte[] k1;
  private final byte[] k2;
  private final byte[] quarantine;
  private final Mac nonces;
  final String check;

  PersonKey(String key) throws GeneralSecurityException {
    cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(derive(key, "person pseudonym"), "AES"));
    k1 = doubled(cipher.doFinal(new byte[BLOCK]));
    k2 = doubled(k1);
    quarantine = derive(key, "quarantine");
    nonces = hmac(derive(key, "quarantine nonce"));
    check = hex(hmac(derive(key, "key check")).doFinal(bytes("fundpulse")));
  }

  static PersonKey ofEnvironment() throws GeneralSecurityException {
    String key = System.getenv(VARIABLE);
    if (key == null || key.isEmpty()) throw new IllegalStateException(VARIABLE + " is not set in the environment of the TaskManager");
    return new PersonKey(key);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Mac hmac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac;
  }

  /** HKDF-SHA-256 (RFC 5869) to 32 bytes, one block. */
  private static byte[] derive(String key, String purpose) throws GeneralSecurityException {
    byte[] extracted = hmac(bytes("fundpulse")).doFinal(bytes(key));
    Mac expand = hmac(extracted);
    expand.update(bytes(purpose));
    expand.update((byte) 1);
    return expand.doFinal();
  }

  private static byte[] doubled(byte[] block) {
    byte[] out = new byte[BLOCK];
    int carry = 0;
    for (int i = BLOCK - 1; i >= 0; i--) {
      int b = block[i] & 0xff;
      out[i] = (byte) (b << 1 | carry);
      carry = b >> 7;
    }
    if (carry != 0) out[BLOCK - 1] ^= (byte) 0x87;
    return out;
  }

  /** AES-256-CMAC (RFC 4493) of a person's number. */
  byte[] pseudonym(byte[] message) throws GeneralSecurityException {
    int blocks = Math.max(1, (message.length + BLOCK - 1) / BLOCK);
    boolean whole = message.length > 0 && message.length % BLOCK == 0;
    byte[] padded = Arrays.copyOf(message, blocks * BLOCK);
    if (!whole) padded[message.length] = (byte) 0x80;
    byte[] subkey = whole ? k1 : k2;
    int last = (blocks - 1) * BLOCK;
    for (int i = 0; i < BLOCK; i++) padded[last + i] ^= subkey[i];
    byte[] state = new byte[BLOCK];
    for (int from = 0; from < padded.length; from += BLOCK) {
      for (int i = 0; i < BLOCK; i++) state[i] ^= padded[from + i];
      state = cipher.doFinal(state);
    }
    return state;
  }

  /**
   * Raw bytes as the quarantine keeps them: AES-256-GCM, nonce and tag in front. The nonce follows from the bytes, so
   * that a replay of the job makes the same record.
   */
  byte[] seal(byte[] raw) throws GeneralSecurityException {
    byte[] nonce = Arrays.copyOf(nonces.doFinal(raw), 12);
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(quarantine, "AES"), new GCMParameterSpec(128, nonce));
    byte[] sealed = gcm.doFinal(raw);
    byte[] out = new byte[28 + raw.length];
    System.arraycopy(nonce, 0, out, 0, 12);
    System.arraycopy(sealed, raw.length, out, 12, 16);
    System.arraycopy(sealed, 0, out, 28, raw.length);
    return out;
  }

  static String hex(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) out.append(String.format("%02x", b));
    return out.toString();
  }
}
