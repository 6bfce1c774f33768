package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class NeighbourGraphTest {
  private static Roster roster(int size, int nonceOfTheFirst) {
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      entries.add(
          new KeyAdvertisement(
              number(7),
              new AgentId("agent-%05d".formatted(i)),
              number(2 * i),
              number(2 * i + 1),
              number(i == 0 ? nonceOfTheFirst : i),
              Octets.copyOf(new byte[64])));
    }
    return new Roster(entries);
  }

  private static Octets number(int value) {
    return Octets.owning(ByteBuffer.allocate(32).putInt(28, value).array());
  }

  @Test
  void everybodyHasTheDegreeAndNeighboursAreMutual() {
    Roster roster = roster(301, 0);
    NeighbourGraph graph = new NeighbourGraph(roster, 24);
    for (int rank = 1; rank <= 301; rank++) {
      int own = rank;
      int[] neighbours = graph.ranksOf(rank);
      assertThat(neighbours).hasSize(24).isSorted().doesNotHaveDuplicates().doesNotContain(own);
      for (int neighbour : neighbours) {
        assertThat(graph.ranksOf(neighbour)).contains(own);
      }
    }
  }

  @Test
  void agentsAndRanksSayTheSame() {
    Roster roster = roster(50, 0);
    for (int degree : new int[] {10, 49, 200}) {
      NeighbourGraph graph = new NeighbourGraph(roster, degree);
      for (KeyAdvertisement entry : roster.entries()) {
        SortedSet<AgentId> agents = graph.of(entry.from());
        assertThat(agents.stream().mapToInt(roster::rankOf).toArray())
            .isEqualTo(graph.ranksOf(roster.rankOf(entry.from())));
      }
    }
  }

  @Test
  void withEnoughNeighboursEverybodyIsOne() {
    NeighbourGraph graph = new NeighbourGraph(roster(5, 0), 7);
    assertThat(graph.neighbours()).isEqualTo(4);
    assertThat(graph.ranksOf(3)).containsExactly(1, 2, 4, 5);
  }

  /** All that a coordinator can do to the graph is to draw another, by another roster. */
  @Test
  void oneOtherNonceIsAnotherGraph() {
    NeighbourGraph graph = new NeighbourGraph(roster(301, 0), 24);
    NeighbourGraph other = new NeighbourGraph(roster(301, 1), 24);
    int common = 0;
    for (int rank = 1; rank <= 301; rank++) {
      int[] before = graph.ranksOf(rank);
      common +=
          (int)
              Arrays.stream(other.ranksOf(rank))
                  .filter(neighbour -> Arrays.binarySearch(before, neighbour) >= 0)
                  .count();
    }
    // 301 * 24 * 24/300 are expected, 578; seven standard deviations of 23 beyond.
    assertThat(common).isBetween(417, 739);
  }

  @Test
  void anOddDegreeIsNone() {
    assertThatThrownBy(() -> new NeighbourGraph(roster(50, 0), 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 neighbours in a roster of 50, expected an even number or all");
  }
}
