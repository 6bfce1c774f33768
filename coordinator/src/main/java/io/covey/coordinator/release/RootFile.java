package io.covey.coordinator.release;

import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.RootDocument;
import io.covey.crypto.release.SignedDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * A root document in a file, with the signatures that it has so far. Public; goes from one holder
 * of a root key to the next.
 */
public record RootFile(SignedDocument signed, RootDocument document) {
  private static final KeyDocument.Kind KIND =
      new KeyDocument.Kind(
          "covey-release-root", List.of("fleet", "root-version", "signed"), List.of());

  /** A root that nobody has signed yet. */
  public static RootFile unsigned(RootDocument document) {
    return new RootFile(
        new SignedDocument(document.encode(), Collections.emptySortedMap()), document);
  }

  public static RootFile read(Path file) throws IOException {
    Octets signed =
        IdentityFiles.read(file, Access.PUBLIC, KIND, document -> document.octets("signed"));
    try {
      SignedDocument decoded = SignedDocument.decode(signed);
      return new RootFile(decoded, RootDocument.decode(decoded.document()));
    } catch (MalformedReleaseException e) {
      throw new IdentityFileException(file, "holds no root: " + e.getMessage());
    }
  }

  /** Writes a new file. */
  public void create(Path file) throws IOException {
    IdentityFiles.create(file, Access.PUBLIC, toDocument());
  }

  /** Writes the file in the place of another. */
  public void replace(Path file) throws IOException {
    IdentityFiles.replace(file, Access.PUBLIC, toDocument());
  }

  private KeyDocument toDocument() {
    return new KeyDocument(KIND)
        .with("fleet", document.header().fleet().value())
        .with("root-version", Long.toString(document.header().version()))
        .with("signed", signed.encode());
  }
}
