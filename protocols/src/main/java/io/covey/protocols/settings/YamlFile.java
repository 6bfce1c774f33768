package io.covey.protocols.settings;

import io.covey.protocols.settings.Raw.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads one YAML file into {@link Raw} values with their lines. No type of YAML's own is applied:
 * {@code no} stays the text "no", and no Java object is ever built from a tag.
 */
final class YamlFile {
  static final int MAX_SIZE_BYTES = 1024 * 1024;
  private static final int MAX_DEPTH = 20;

  private final Path file;
  private final Path folder;
  private final Consumer<Problem> problems;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlFile(Path file, Consumer<Problem> problems) {
    this.file = file;
    Path parent = file.toAbsolutePath().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
    this.problems = problems;
  }

  /** The file's content; empty, with a problem reported, when it cannot be used. */
  static Raw.Mapping read(Path file, Consumer<Problem> problems) {
    return new YamlFile(file, problems).read();
  }

  private Raw.Mapping read() {
    Origin whole = new Origin(file.toString(), folder);
    Raw.Mapping nothing = new Raw.Mapping(Map.of(), whole);
    try {
      Node root = yaml().compose(new StringReader(content()));
      Raw raw = root == null ? nothing : convert("", root);
      if (raw instanceof Raw.Mapping mapping) {
        return mapping;
      }
      report("", root, "expected keys with values at the top, found " + raw.kind());
    } catch (NoSuchFileException e) {
      problems.accept(new Problem("", file.toString(), "there is no such file"));
    } catch (CharacterCodingException e) {
      problems.accept(new Problem("", file.toString(), "it is not UTF-8 text"));
    } catch (IOException e) {
      problems.accept(new Problem("", file.toString(), "it cannot be read: " + e.getMessage()));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      problems.accept(new Problem("", file + ":" + line, "it is not YAML: " + e.getProblem()));
    } catch (YAMLException e) {
      problems.accept(new Problem("", file.toString(), "it is not YAML: " + e.getMessage()));
    }
    return nothing;
  }

  private static Yaml yaml() {
    LoaderOptions limits = new LoaderOptions();
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setCodePointLimit(MAX_SIZE_BYTES);
    return new Yaml(new SafeConstructor(limits));
  }

  private String content() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_SIZE_BYTES + 1);
    }
    if (bytes.length > MAX_SIZE_BYTES) {
      throw new IOException("it is longer than " + MAX_SIZE_BYTES + " bytes");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private Raw convert(String key, Node node) {
    Origin origin = new Origin(place(node), folder);
    if (!seen.add(node)) {
      // An alias makes its node appear twice; a few of them could make a small file enormous.
      report(key, node, "anchors and aliases (& and *) are not supported; repeat the value");
      return new Raw.Absent(origin);
    }
    if (node instanceof MappingNode mapping) {
      return new Raw.Mapping(entries(key, mapping), origin);
    }
    if (node instanceof SequenceNode sequence) {
      return new Raw.Sequence(items(key, sequence), origin);
    }
    return node instanceof ScalarNode scalar && !Tag.NULL.equals(node.getTag())
        ? new Raw.Scalar(scalar.getValue(), origin)
        : new Raw.Absent(origin);
  }

  private Map<String, Raw> entries(String key, MappingNode mapping) {
    Map<String, Raw> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        report(key, tuple.getKeyNode(), "expected a plain key");
        continue;
      }
      String path = key.isEmpty() ? name.getValue() : key + "." + name.getValue();
      Raw value = convert(path, tuple.getValueNode());
      if (entries.putIfAbsent(name.getValue(), value) != null) {
        report(path, name, "the key is given twice");
      }
    }
    return entries;
  }

  private List<Raw> items(String key, SequenceNode sequence) {
    List<Raw> items = new ArrayList<>();
    for (Node node : sequence.getValue()) {
      items.add(convert(key + "[" + items.size() + "]", node));
    }
    return items;
  }

  private String place(Node node) {
    return file + ":" + (node.getStartMark().getLine() + 1);
  }

  private void report(String key, Node node, String explanation) {
    problems.accept(new Problem(key, place(node), explanation));
  }
}
