package io.covey.coordinator.sealing;

import io.covey.crypto.envelope.ContentKey;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The content keys of the versions that agents are told of, in memory: to wrap one must not wait
 * for a disk. Of each model the newest {@value #VERSIONS_HELD}, the newest that is served, and
 * those that later versions' graphs are sealed with; the others are wiped. Found by the sealed
 * files, so that a version which was made and not stored is never taken for the one that was.
 *
 * <p>Thread-safe.
 */
final class ContentKeys {
  private static final int VERSIONS_HELD = 32;

  private final Map<Sha256, Held> byFile = new HashMap<>();
  private final Map<ModelName, List<Held>> models = new HashMap<>();

  /**
   * A key and what it is for.
   *
   * @param name which version's
   * @param files one digest of what is sealed with it
   * @param key becomes the holder's to wipe
   * @param serves whether its version has something to serve
   */
  record Source(KeyName name, Sha256 files, ContentKey key, boolean serves) {}

  private static final class Held {
    final Source source;
    final List<Sha256> sealed;
    boolean shared;

    Held(Source source, List<Sha256> sealed) {
      this.source = source;
      this.sealed = List.copyOf(sealed);
    }
  }

  /** Holds the key of these sealed files, if it is not held yet. */
  synchronized void hold(Source source, List<Sha256> sealed) {
    if (sealed.isEmpty() || byFile.containsKey(sealed.get(0))) {
      source.key().close();
      return;
    }
    Held held = new Held(source, sealed);
    held.sealed.forEach(file -> byFile.put(file, held));
    List<Held> versions = models.computeIfAbsent(source.name().model(), model -> new ArrayList<>());
    versions.add(held);
    forgetOld(versions);
  }

  /** A later version has this file too: its key stays. */
  synchronized void share(Sha256 sealed) {
    Held held = byFile.get(sealed);
    if (held != null) {
      held.shared = true;
    }
  }

  synchronized boolean holds(Sha256 sealed) {
    return byFile.containsKey(sealed);
  }

  /**
   * What is made of the key of a sealed file.
   *
   * @param use must not keep the key
   * @return empty if the key is not held
   */
  synchronized <T> Optional<T> use(Sha256 sealed, Function<Source, T> use) {
    return Optional.ofNullable(byFile.get(sealed)).map(held -> use.apply(held.source));
  }

  private void forgetOld(List<Held> versions) {
    @Nullable Held served = null;
    for (Held version : versions) {
      served = version.source.serves() ? version : served;
    }
    Iterator<Held> oldestFirst = versions.iterator();
    for (int surplus = versions.size() - VERSIONS_HELD; surplus > 0; surplus--) {
      Held version = oldestFirst.next();
      if (!version.shared && version != served) {
        oldestFirst.remove();
        version.sealed.forEach(byFile::remove);
        version.source.key().close();
      }
    }
  }
}
