package io.covey.coordinator.broker;

import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.identity.x509.TlsIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/**
 * The files in which HiveMQ wants its key and its root, for their owner only, anew at each start.
 * The password is no protection: it stands in the configuration beside them, since HiveMQ takes no
 * store without.
 */
record BrokerStores(Path own, Path trusted, String password) {
  private static final int PASSWORD_BYTES = 16;

  static BrokerStores write(TlsIdentity identity, Path directory) throws IOException {
    byte[] drawn = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(drawn);
    BrokerStores stores =
        new BrokerStores(
            directory.resolve("broker.p12"),
            directory.resolve("trusted.p12"),
            HexFormat.of().formatHex(drawn));
    stores.replaceOwn(identity);
    try {
      KeyStore trusted = empty();
      trusted.setCertificateEntry("root", identity.root());
      store(trusted, stores.password.toCharArray(), stores.trusted);
      return stores;
    } catch (GeneralSecurityException e) {
      throw new IOException("the broker's root does not serve", e);
    }
  }

  /** Puts other keys into the place of those that are there, under the same password. */
  void replaceOwn(TlsIdentity identity) throws IOException {
    try {
      char[] characters = password.toCharArray();
      KeyStore store = empty();
      X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
      store.setKeyEntry("broker", identity.privateKey(), characters, chain);
      store(store, characters, own);
    } catch (GeneralSecurityException e) {
      throw new IOException("the broker's key and certificates do not serve", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static void store(KeyStore store, char[] password, Path file)
      throws GeneralSecurityException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password);
    OwnerOnlyFiles.replace(file, bytes.toByteArray(), Access.SECRET);
  }

  @Override
  public String toString() {
    return "BrokerStores[" + own + ", " + trusted + ", password redacted]";
  }
}
