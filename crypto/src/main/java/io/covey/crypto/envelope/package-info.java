/**
 * Encrypted models: one ciphertext for a whole fleet, and keys for those who may open it.
 *
 * <p>A sealed file is what Google Tink calls AES256-GCM-HKDF streaming with segments of 118 KiB:
 * the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar: "Online Authenticated-Encryption
 * and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7) over AES-256-GCM, under a key
 * that HKDF-SHA-256 derives from the content key, a random salt, and what the file is. A segment
 * with its tag is one block, and a block one message, so that a delivery can check each block where
 * it stands and can resume anywhere.
 *
 * <pre>
 * sealed file  = header, segment 0, tag, segment 1, tag, ...      cut every 120832 bytes into blocks
 * header       = 40 (1 byte), salt (32), nonce prefix (7)
 * key          = HKDF(content key, salt, "covey/v1/model-file-key", fleet, model, version, role)
 * nonce        = nonce prefix (7), number of the block (4, big-endian), 1 if it is the last else 0
 * </pre>
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><th>key</th><th>there is one for each</th><th>is encrypted for</th><th>bound to</th></tr>
 * <tr><td>{@code ContentKey}</td><td>version of a model</td><td>a device ({@code WrappedKey}), or
 * an epoch of a group ({@code GroupWrappedKey})</td><td>fleet, model, version, digest of the sealed
 * files; device, or group and epoch</td></tr>
 * <tr><td>{@code GroupKey}</td><td>epoch of a group</td><td>a device ({@code WrappedKey})</td>
 * <td>fleet, group, epoch, device</td></tr>
 * </table>
 *
 * <p>Keys for a device go by HPKE (RFC 9180) with X-Wing, which holds as long as one of X25519 and
 * ML-KEM-768 does.
 *
 * <h2>Against whom</h2>
 *
 * <ul>
 *   <li>Whoever sees all traffic and all storage, now or with a quantum computer later: learns
 *       lengths, which device gets which version and when, and nothing of a model.
 *   <li>Whoever alters, cuts, extends, repeats, reorders or mixes blocks, or passes one file, key
 *       or version off as another: is refused at the first block that is not where it belongs.
 *   <li>A device that was revoked: opens what it could open before, and nothing that is wrapped for
 *       a later epoch.
 *   <li>A device that is entitled: can pass on the model and its key; nothing here prevents that.
 *       It also can make sealed files that open under the key, since the key is symmetric. That is
 *       why {@code FileOpener} compares the plaintext with the digest that the release was signed
 *       with.
 *   <li>Whoever steals a device's private key: opens what was wrapped for it, past and present.
 *       There is no forward secrecy towards the device; revoke it.
 *   <li>Whoever has the coordinator: has every content key. Encryption does not protect from it,
 *       signatures by offline keys do.
 * </ul>
 *
 * <p>Pure: randomness and streams are arguments.
 */
@NullMarked
package io.covey.crypto.envelope;

import org.jspecify.annotations.NullMarked;
