package io.covey.protocols.settings;

import io.covey.protocols.settings.Raw.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one YAML file into {@link Raw} values with their lines.
 *
 * <p>Works on the parser's events: no type of YAML's own is applied ({@code no} stays the text
 * "no"), no object is ever built from a tag, and aliases, with which a small file could unfold to
 * an enormous one, are refused.
 */
final class YamlFile {
  static final int MAX_SIZE_BYTES = 1024 * 1024;
  static final int MAX_DEPTH = 20;
  private static final Set<String> NOTHING = Set.of("", "~", "null");

  private final Path file;
  private final Path folder;
  private final Consumer<Problem> problems;
  private final Parser events;

  private YamlFile(Path file, String content, Consumer<Problem> problems) {
    this.file = file;
    this.folder = folder(file);
    this.problems = problems;
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(MAX_SIZE_BYTES);
    this.events = new ParserImpl(new StreamReader(content), limits);
  }

  /** The file's content; empty, with a problem reported, when it cannot be used. */
  static Raw.Mapping read(Path file, Consumer<Problem> problems) {
    try {
      return new YamlFile(file, content(file), problems).document();
    } catch (CharacterCodingException e) {
      problems.accept(new Problem("", file.toString(), "it is not UTF-8 text"));
    } catch (IOException e) {
      String reason = Binding.reason(e);
      problems.accept(new Problem("", file.toString(), "it cannot be read: " + reason));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      problems.accept(new Problem("", file + ":" + line, "it is not YAML: " + e.getProblem()));
    } catch (YAMLException e) {
      problems.accept(new Problem("", file.toString(), "it is not YAML: " + e.getMessage()));
    }
    return new Raw.Mapping(Map.of(), new Origin(file.toString(), folder(file)));
  }

  private static Path folder(Path file) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    return parent == null ? absolute : parent;
  }

  private static String content(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_SIZE_BYTES + 1);
    }
    if (bytes.length > MAX_SIZE_BYTES) {
      throw new IOException("it is longer than " + MAX_SIZE_BYTES + " bytes");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private Raw.Mapping document() {
    Raw.Mapping nothing = new Raw.Mapping(Map.of(), new Origin(file.toString(), folder));
    events.getEvent(); // the stream begins
    if (events.checkEvent(Event.ID.StreamEnd)) {
      return nothing;
    }
    events.getEvent(); // the document begins
    Raw raw = value("", events.getEvent(), 0);
    events.getEvent(); // the document ends
    if (!events.checkEvent(Event.ID.StreamEnd)) {
      report("", events.peekEvent(), "expected one document, found a second one");
    }
    if (raw instanceof Raw.Mapping mapping) {
      return mapping;
    }
    if (!(raw instanceof Raw.Absent)) {
      String found = "expected keys with values at the top, found " + raw.kind();
      problems.accept(new Problem("", raw.origin().place(), found));
    }
    return nothing;
  }

  private Raw value(String key, Event event, int depth) {
    Origin origin = new Origin(place(event), folder);
    if (depth > MAX_DEPTH) {
      throw new YAMLException("more than " + MAX_DEPTH + " levels at " + place(event));
    }
    if (event instanceof MappingStartEvent) {
      return new Raw.Mapping(entries(key, depth + 1), origin);
    }
    if (event instanceof SequenceStartEvent) {
      return new Raw.Sequence(items(key, depth + 1), origin);
    }
    if (event instanceof AliasEvent) {
      report(key, event, "aliases (*name) are not supported; repeat the value");
      return new Raw.Absent(origin);
    }
    ScalarEvent scalar = (ScalarEvent) event;
    boolean isNothing = scalar.isPlain() && NOTHING.contains(scalar.getValue());
    return isNothing ? new Raw.Absent(origin) : new Raw.Scalar(scalar.getValue(), origin);
  }

  private Map<String, Raw> entries(String section, int depth) {
    Map<String, Raw> entries = new LinkedHashMap<>();
    while (!events.checkEvent(Event.ID.MappingEnd)) {
      Event keyEvent = events.getEvent();
      if (keyEvent instanceof ScalarEvent name) {
        String key = Binding.below(section, name.getValue());
        if (entries.putIfAbsent(name.getValue(), value(key, events.getEvent(), depth)) != null) {
          report(key, keyEvent, "the key is given twice");
        }
      } else {
        report(section, keyEvent, "expected a plain key");
        value(section, keyEvent, depth);
        value(section, events.getEvent(), depth);
      }
    }
    events.getEvent(); // the mapping ends
    return entries;
  }

  private List<Raw> items(String key, int depth) {
    List<Raw> items = new ArrayList<>();
    while (!events.checkEvent(Event.ID.SequenceEnd)) {
      items.add(value(key + "[" + items.size() + "]", events.getEvent(), depth));
    }
    events.getEvent(); // the sequence ends
    return items;
  }

  private String place(Event event) {
    return file + ":" + (event.getStartMark().getLine() + 1);
  }

  private void report(String key, Event event, String explanation) {
    problems.accept(new Problem(key, place(event), explanation));
  }
}
