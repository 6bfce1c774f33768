package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;

/**
 * A time during which nobody left a group: everybody who is in it has its key.
 *
 * @param epoch 1 for the first; one more with every revocation
 */
public record GroupEpoch(FleetId fleet, GroupName group, long epoch) {
  private static final GroupName WHOLE_FLEET = new GroupName("fleet");

  public GroupEpoch {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch " + epoch + " is below 1");
    }
  }

  /** An epoch of the group that all members of a fleet are in. */
  public static GroupEpoch of(FleetId fleet, long epoch) {
    return new GroupEpoch(fleet, WHOLE_FLEET, epoch);
  }

  GroupEpoch next() {
    return new GroupEpoch(fleet, group, Math.incrementExact(epoch));
  }

  /** Appends all of it. */
  Canonical appendTo(Canonical statement) {
    return statement.text(fleet.value()).text(group.value()).number(epoch);
  }
}
