package io.covey.edgeagent.session;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions that have answered for a short time only, and those that the agent has returned
 * from, as one value. What lives here must outlive the process, so that a version that ends the
 * process again and again is found out.
 *
 * @param trials by model; at most {@link Limits#MODELS_PER_AGENT}
 * @param returned by model: what is not tried again unless it is released anew
 */
public record Probation(
    SortedMap<ModelName, Trial> trials, SortedMap<ModelName, ReturnedVersion> returned) {

  /**
   * When a version has passed.
   *
   * @param period from the switch; zero for no probation
   * @param failures failed inferences, or ends of the process, at which the agent returns
   */
  public record Terms(Duration period, int failures) {
    public static final Terms DEFAULT = new Terms(Duration.ofMinutes(10), 3);

    public Terms {
      if (period.isNegative() || failures < 1) {
        throw new IllegalArgumentException(
            "a probation of %s and %d failures, expected at least 0 and 1"
                .formatted(period, failures));
      }
    }
  }

  /**
   * One version on probation.
   *
   * @param previous what answered before it; empty for a model's first version
   * @param release the counter that it is released under; empty as long as no document has said it
   * @param began the switch, or the load before it
   * @param failures inferences that failed in this process
   * @param uncleanEnds of processes since it was loaded first
   */
  public record Trial(
      ModelManifest version,
      Optional<ModelManifest> previous,
      OptionalLong release,
      Instant began,
      int failures,
      int uncleanEnds) {
    public Trial {
      if (failures < 0 || uncleanEnds < 0) {
        throw new IllegalArgumentException(
            "%d failures and %d unclean ends, expected at least 0"
                .formatted(failures, uncleanEnds));
      }
    }

    private Trial from(Instant now) {
      return new Trial(version, previous, release, now, failures, uncleanEnds);
    }

    private Trial counting(int failed, int ends) {
      return new Trial(version, previous, release, began, failed, ends);
    }
  }

  /** A trial that ended with a return, and why in words. */
  public record Verdict(Trial trial, String detail) {
    /** What is not tried again. */
    public ReturnedVersion returned() {
      return new ReturnedVersion(trial.version(), trial.previous(), trial.release(), detail);
    }
  }

  /** The next value, and what it returns from. */
  public record Judgement(Probation next, List<Verdict> verdicts) {
    public Judgement {
      verdicts = List.copyOf(verdicts);
    }
  }

  public Probation {
    trials = Collections.unmodifiableSortedMap(new TreeMap<>(trials));
    returned = Collections.unmodifiableSortedMap(new TreeMap<>(returned));
    if (trials.size() > Limits.MODELS_PER_AGENT || returned.size() > Limits.MODELS_PER_AGENT) {
      throw new IllegalArgumentException(
          "%d trials and %d returns, expected at most %d each"
              .formatted(trials.size(), returned.size(), Limits.MODELS_PER_AGENT));
    }
  }

  /** Nothing is on probation. */
  public static Probation none() {
    return new Probation(new TreeMap<>(), new TreeMap<>());
  }

  /**
   * {@code version} is about to be loaded. If it was before, in a process that ended since, that
   * goes on counting.
   *
   * @param release its counter; empty as long as no document has said it
   */
  public Probation begun(
      ModelManifest version, Optional<ModelManifest> previous, OptionalLong release, Instant now) {
    Trial known = trials.get(version.model());
    if (trials.size() == Limits.MODELS_PER_AGENT && known == null) {
      return this;
    }
    boolean same = known != null && known.version().equals(version);
    int ends = same && known != null ? known.uncleanEnds() : 0;
    return with(version.model(), new Trial(version, previous, release, now, 0, ends));
  }

  /** What is on probation is that release from now on: it is being tried already. */
  public Probation released(ModelManifest version, long counter) {
    Trial trial = trials.get(version.model());
    if (trial == null || !trial.version().equals(version) || trial.release().orElse(0) >= counter) {
      return this;
    }
    return with(
        version.model(),
        new Trial(
            version,
            trial.previous(),
            OptionalLong.of(counter),
            trial.began(),
            trial.failures(),
            trial.uncleanEnds()));
  }

  /** {@code version} answers from now on: its time begins. */
  public Probation switched(ModelManifest version, Instant now) {
    Trial trial = trials.get(version.model());
    return trial == null || !trial.version().equals(version)
        ? this
        : with(version.model(), trial.from(now));
  }

  /** A version whose follower did not come to answer is on probation again. */
  public Probation resumed(Trial trial) {
    return with(trial.version().model(), trial);
  }

  /** {@code version} does not come to answer, or answers no more. */
  public Probation ended(ModelManifest version) {
    Trial trial = trials.get(version.model());
    return trial == null || !trial.version().equals(version) ? this : with(version.model(), null);
  }

  /** An inference of a model failed that was not refused for what was asked. */
  public Judgement failed(ModelName model, ModelVersion version, Instant now, Terms terms) {
    Trial trial = passed(now, terms).trials.get(model);
    if (trial == null || !trial.version().version().equals(version)) {
      return new Judgement(this, List.of());
    }
    Trial next = trial.counting(trial.failures() + 1, trial.uncleanEnds());
    if (next.failures() < terms.failures() || next.previous().isEmpty()) {
      // Without a version before it, one that fails now and then is better than none.
      return new Judgement(with(model, next), List.of());
    }
    String detail =
        "returned to the version before: %d inferences failed".formatted(next.failures());
    return new Judgement(with(model, null), List.of(new Verdict(next, detail)));
  }

  /**
   * The agent has started.
   *
   * @param clean whether the process before ended in order; if not, each version on probation may
   *     have been why
   */
  public Judgement started(boolean clean, Instant now, Terms terms) {
    SortedMap<ModelName, Trial> next = new TreeMap<>();
    List<Verdict> verdicts = new ArrayList<>();
    for (Trial trial : passed(now, terms).trials.values()) {
      // A clock that was set back would keep a version on probation for ever.
      Instant began = trial.began().isAfter(now) ? now : trial.began();
      int ends = trial.uncleanEnds() + (clean ? 0 : 1);
      Trial counted = trial.from(began).counting(0, ends);
      if (ends >= terms.failures()) {
        verdicts.add(
            new Verdict(
                counted,
                "returned to the version before: the agent's process ended %d times without closing"
                    .formatted(ends)));
      } else {
        next.put(trial.version().model(), counted);
      }
    }
    SortedMap<ModelName, ReturnedVersion> left = new TreeMap<>(returned);
    verdicts.forEach(v -> ReturnedVersion.note(left, v.returned(), trials.keySet()));
    return new Judgement(new Probation(next, left), verdicts);
  }

  /** Without the trials whose time is over. */
  public Probation passed(Instant now, Terms terms) {
    SortedMap<ModelName, Trial> left = new TreeMap<>(trials);
    left.values().removeIf(trial -> !now.isBefore(trial.began().plus(terms.period())));
    return left.size() == trials.size() ? this : new Probation(left, returned);
  }

  /** What the twin will not try again. */
  public Probation following(SortedMap<ModelName, ReturnedVersion> versions) {
    return versions.equals(returned) ? this : new Probation(trials, versions);
  }

  /**
   * What shall answer after a start.
   *
   * @param served what answered, as far as was noted. A process that ended between a return and
   *     that note has left a version there which it had returned from: the one before it answers
   */
  public List<ModelManifest> restored(List<ModelManifest> served) {
    List<ModelManifest> restored = new ArrayList<>();
    for (ModelManifest version : served) {
      ReturnedVersion former = returned.get(version.model());
      if (former == null || !former.version().equals(version)) {
        restored.add(version);
      } else {
        former.back().ifPresent(restored::add);
      }
    }
    return restored;
  }

  /** What has to stay on the device, in case that the agent returns to it. */
  public List<ModelManifest> heldBack() {
    return Stream.concat(
            trials.values().stream().map(Trial::previous),
            returned.values().stream().map(ReturnedVersion::back))
        .flatMap(Optional::stream)
        .toList();
  }

  private Probation with(ModelName model, @Nullable Trial trial) {
    SortedMap<ModelName, Trial> next = new TreeMap<>(trials);
    if (trial == null) {
      next.remove(model);
    } else {
      next.put(model, trial);
    }
    return new Probation(next, returned);
  }
}
