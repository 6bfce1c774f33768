package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Answers with a file's blocks, or as it is told to, under virtual time. */
final class ScriptedRanges implements RangeSource {
  private static final Duration HEAD = Duration.ofMillis(50);
  private static final Duration BLOCK = Duration.ofMillis(10);

  /** What becomes of a request. */
  enum Script {
    SERVE,
    /** Answered with a status that is of no use. */
    REFUSE,
    /** Nothing comes, not even a refusal. */
    SILENCE,
    /** Breaks off after {@link #CUT_AFTER} blocks. */
    CUT,
    /** Stands still after {@link #CUT_AFTER} blocks. */
    STALL,
    /** Blocks of the right length with other bytes. */
    LIE,
    /** One such block, and then nothing. */
    LIE_ONCE,
    /** A block that is too long. */
    TOO_LONG
  }

  static final int CUT_AFTER = 20;

  final List<Wanted> asked = new ArrayList<>();
  final Deque<Script> scripts = new ArrayDeque<>();
  int cancelled;
  int mostWanted;

  private final VirtualTime time;
  private final byte[] content;

  /** Serves, once the scripts that are added are used up. */
  ScriptedRanges(VirtualTime time, byte[] content) {
    this.time = time;
    this.content = content;
  }

  @Override
  public Answer ask(Wanted wanted, Listener listener) {
    asked.add(wanted);
    Script script = scripts.isEmpty() ? Script.SERVE : scripts.poll();
    Served answer = new Served(wanted, listener, script);
    if (script == Script.REFUSE) {
      time.schedule(HEAD, () -> listener.failed("status 404"));
    } else if (script != Script.SILENCE) {
      time.schedule(HEAD, listener::opened);
    }
    return answer;
  }

  private final class Served implements Answer {
    private final Wanted wanted;
    private final Listener listener;
    private final Script script;
    private int index;
    private int waiting;
    private boolean over;

    Served(Wanted wanted, Listener listener, Script script) {
      this.wanted = wanted;
      this.listener = listener;
      this.script = script;
      this.index = wanted.firstBlock();
    }

    @Override
    public void more() {
      waiting++;
      mostWanted = Math.max(mostWanted, waiting);
      if (waiting == 1) {
        time.schedule(BLOCK, this::bring);
      }
    }

    private void bring() {
      int come = index - wanted.firstBlock();
      if (over
          || (script == Script.STALL && come == CUT_AFTER)
          || (script == Script.LIE_ONCE && come == 1)) {
        return;
      }
      if (script == Script.CUT && come == CUT_AFTER) {
        over = true;
        listener.failed("connection reset");
        return;
      }
      int brought = index++;
      waiting--;
      listener.block(brought, bytes(brought));
      if (!over && index > wanted.lastBlock()) {
        over = true;
        listener.ended();
      } else if (waiting > 0) {
        time.schedule(BLOCK, this::bring);
      }
    }

    private ByteString bytes(int block) {
      int length = wanted.artifact().chunkLengthBytes(block);
      return switch (script) {
        case LIE, LIE_ONCE -> ByteString.copyFrom(new byte[length]);
        case TOO_LONG -> ByteString.copyFrom(new byte[length + 1]);
        case SERVE, REFUSE, SILENCE, CUT, STALL ->
            ByteString.copyFrom(content, block * DeliveryWorld.CHUNK_BYTES, length);
      };
    }

    @Override
    public void cancel() {
      over = true;
      cancelled++;
    }
  }
}
