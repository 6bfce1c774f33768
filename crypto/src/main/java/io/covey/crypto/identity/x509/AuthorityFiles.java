package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * Root, issuing authority and servers in files. Certificates and servers' keys are PEM, as other
 * programs read them.
 *
 * <p>All methods may block, and overwrite nothing unless they say so.
 */
public final class AuthorityFiles {
  /** The root's private key and certificate: to be kept away from everything. */
  public static final String ROOT_KEY = "root.key";

  /** Public: the root's certificate. */
  public static final String ROOT_CERTIFICATE = "root.crt";

  /** Public: the issuing authority's certificate, then the root's. */
  public static final String ISSUING_CERTIFICATE = "authority.crt";

  private static final KeyDocument.Kind ROOT_KIND =
      new KeyDocument.Kind(
          "covey-root-key", List.of("fleet", "certificate"), List.of("private-key"));

  private AuthorityFiles() {}

  /** Writes {@link #ROOT_KEY} and {@link #ROOT_CERTIFICATE}, making the directory. */
  public static void writeRoot(Path directory, FleetRoot root) throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    IdentityFiles.create(
        directory.resolve(ROOT_KEY),
        Access.SECRET,
        new KeyDocument(ROOT_KIND)
            .with("fleet", root.fleet().value())
            .with("certificate", X509.der(root.certificate()))
            .with("private-key", root.privateKey()));
    createText(
        directory.resolve(ROOT_CERTIFICATE),
        Access.PUBLIC,
        Pem.certificates(List.of(root.certificate())));
  }

  /** From {@link #ROOT_KEY}; the caller's to close. */
  public static FleetRoot readRoot(Path directory, Signer signer) throws IOException {
    return IdentityFiles.read(
        directory.resolve(ROOT_KEY),
        Access.SECRET,
        ROOT_KIND,
        document ->
            new FleetRoot(
                new FleetId(document.text("fleet")),
                document.secret("private-key"),
                X509.certificate(document.octets("certificate")),
                signer));
  }

  /** Writes {@link #ISSUING_CERTIFICATE}, in the place of another: the root certifies anew. */
  public static void writeIssuing(Path directory, IssuingAuthority issuing) throws IOException {
    String chain = Pem.certificates(List.of(issuing.certificate(), issuing.root()));
    OwnerOnlyFiles.replace(
        directory.resolve(ISSUING_CERTIFICATE),
        chain.getBytes(StandardCharsets.US_ASCII),
        Access.PUBLIC);
  }

  /** Whether there is {@link #ISSUING_CERTIFICATE}. */
  public static boolean hasIssuing(Path directory) {
    return Files.exists(directory.resolve(ISSUING_CERTIFICATE));
  }

  /**
   * From {@link #ISSUING_CERTIFICATE}.
   *
   * @param authority stays the caller's to close
   */
  public static IssuingAuthority readIssuing(Path directory, FleetAuthority authority)
      throws IOException {
    Path file = directory.resolve(ISSUING_CERTIFICATE);
    List<X509Certificate> chain = certificates(file);
    if (chain.size() != 2) {
      throw new IdentityFileException(
          file, "has " + chain.size() + " certificates, expected the authority's and the root's");
    }
    try {
      return new IssuingAuthority(authority, chain.get(0), chain.get(1));
    } catch (IllegalArgumentException e) {
      throw new IdentityFileException(file, "cannot be used: " + e.getMessage());
    }
  }

  /** The root under which an authority issues, from {@link #ISSUING_CERTIFICATE}. */
  public static X509Certificate readTrustedRoot(Path directory) throws IOException {
    List<X509Certificate> chain = certificates(directory.resolve(ISSUING_CERTIFICATE));
    return chain.get(chain.size() - 1);
  }

  /** Writes {@code NAME.crt}, the chain up to the root, and {@code NAME.key}, in their place. */
  public static void writeMember(Path directory, String name, TlsIdentity member)
      throws IOException {
    OwnerOnlyFiles.makeDirectory(directory);
    try (SecretBytes key = Pem.privateKey(member.privateKey())) {
      OwnerOnlyFiles.replace(directory.resolve(name + ".key"), key.reveal(), Access.SECRET);
    }
    OwnerOnlyFiles.replace(
        directory.resolve(name + ".crt"),
        Pem.certificates(member.chain()).getBytes(StandardCharsets.US_ASCII),
        Access.PUBLIC);
  }

  /** Whether there are {@code NAME.crt} and {@code NAME.key}. */
  public static boolean hasMember(Path directory, String name) {
    return Files.exists(directory.resolve(name + ".crt"))
        && Files.exists(directory.resolve(name + ".key"));
  }

  /** From {@code NAME.crt} and {@code NAME.key}. */
  public static TlsIdentity readMember(Path directory, String name) throws IOException {
    List<X509Certificate> chain = certificates(directory.resolve(name + ".crt"));
    Path keyFile = directory.resolve(name + ".key");
    byte[] text = OwnerOnlyFiles.read(keyFile, Access.SECRET);
    try {
      TlsIdentity member = new TlsIdentity(chain, Pem.parsePrivateKey(text));
      if (!P256Keys.isPair(member.own().getPublicKey(), member.privateKey())) {
        throw new IllegalArgumentException("it is not the key of " + name + ".crt");
      }
      return member;
    } catch (IllegalArgumentException e) {
      throw new IdentityFileException(keyFile, "cannot be used: " + e.getMessage());
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  private static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      List<X509Certificate> chain = Pem.parseCertificates(OwnerOnlyFiles.read(file, Access.PUBLIC));
      if (chain.isEmpty()) {
        throw new IdentityFileException(file, "holds no certificate");
      }
      return chain;
    } catch (IllegalArgumentException e) {
      throw new IdentityFileException(file, "cannot be used: " + e.getMessage());
    }
  }

  private static void createText(Path file, Access access, String text) throws IOException {
    OwnerOnlyFiles.create(file, text.getBytes(StandardCharsets.US_ASCII), access);
  }
}
