package io.covey.protocols.transport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has subscribed to what: a tree over the levels of topic filters, so that a message looks only
 * at filters that begin as its topic does. Answers come in an order that depends on the history of
 * calls alone.
 */
final class SubscriptionTree<S> {

  /** Subscribers of one filter: everybody, or the members of a share group, of whom one is told. */
  static final class Group<S> {
    private final boolean shared;
    private final Map<S, QualityOfService> members = new LinkedHashMap<>();
    private int turn;

    private Group(boolean shared) {
      this.shared = shared;
    }

    boolean isShared() {
      return shared;
    }

    Map<S, QualityOfService> members() {
      return members;
    }

    /** A number that rises with every call, to take turns by. */
    int nextTurn() {
      turn = (turn + 1) & Integer.MAX_VALUE;
      return turn;
    }
  }

  private static final class Node<S> {
    private final Map<String, Node<S>> children = new LinkedHashMap<>();
    private final Map<String, Group<S>> groups = new LinkedHashMap<>();

    boolean isEmpty() {
      return children.isEmpty() && groups.isEmpty();
    }
  }

  private final Node<S> root = new Node<>();

  /** Adds or replaces a subscription; {@code filter} has been checked. */
  void put(String filter, S subscriber, QualityOfService qos) {
    Node<S> node = root;
    for (String level : TopicSyntax.levelsOf(TopicSyntax.unshared(filter))) {
      node = node.children.computeIfAbsent(level, ignored -> new Node<>());
    }
    String share = TopicSyntax.shareGroup(filter);
    node.groups
        .computeIfAbsent(share, ignored -> new Group<>(!share.isEmpty()))
        .members
        .put(subscriber, qos);
  }

  void remove(String filter, S subscriber) {
    String[] levels = TopicSyntax.levelsOf(TopicSyntax.unshared(filter));
    List<Node<S>> path = new ArrayList<>(List.of(root));
    for (String level : levels) {
      Node<S> next = path.get(path.size() - 1).children.get(level);
      if (next == null) {
        return;
      }
      path.add(next);
    }
    String share = TopicSyntax.shareGroup(filter);
    Map<String, Group<S>> groups = path.get(levels.length).groups;
    Group<S> group = groups.get(share);
    if (group != null && group.members.remove(subscriber) != null && group.members.isEmpty()) {
      groups.remove(share);
    }
    for (int i = levels.length; i > 0 && path.get(i).isEmpty(); i--) {
      path.get(i - 1).children.remove(levels[i - 1]);
    }
  }

  /** The groups whose filter matches {@code topic}. */
  List<Group<S>> match(String topic) {
    List<Group<S>> found = new ArrayList<>();
    collect(root, TopicSyntax.levelsOf(topic), 0, found);
    return found;
  }

  /** The depth is that of the filters, not of the topic. */
  private void collect(Node<S> node, String[] levels, int level, List<Group<S>> found) {
    // Section 4.7.2: a wildcard on the first level does not match the broker's own topics.
    boolean wildcards = level > 0 || !levels[0].startsWith("$");
    if (wildcards) {
      addGroups(node.children.get("#"), found);
    }
    if (level == levels.length) {
      addGroups(node, found);
      return;
    }
    Node<S> exact = node.children.get(levels[level]);
    if (exact != null) {
      collect(exact, levels, level + 1, found);
    }
    Node<S> any = node.children.get("+");
    if (any != null && wildcards) {
      collect(any, levels, level + 1, found);
    }
  }

  private static <S> void addGroups(@Nullable Node<S> node, List<Group<S>> found) {
    if (node != null) {
      found.addAll(node.groups.values());
    }
  }
}
