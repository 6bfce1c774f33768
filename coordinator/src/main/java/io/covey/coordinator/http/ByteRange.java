package io.covey.coordinator.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of a file that were asked for (RFC 9110, section 14).
 *
 * @param first offset of the first byte
 * @param last offset of the last byte, at least {@code first}
 */
record ByteRange(long first, long last) {
  /** 18 digits always fit a long. */
  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * What {@code request} asks for of a file. A range that is no single range of bytes, or one of
   * another file ({@code If-Range}), asks for the whole.
   *
   * @throws ProblemException when the file has no such bytes
   */
  static ByteRange requested(HttpServerRequest request, String entityTag, long fileBytes) {
    ByteRange whole = new ByteRange(0, fileBytes - 1);
    String range = request.getHeader("Range");
    String condition = request.getHeader("If-Range");
    if (range == null || (condition != null && !condition.equals(entityTag))) {
      return whole;
    }
    Matcher single = SINGLE.matcher(range.strip());
    if (!single.matches() || (single.group(1).isEmpty() && single.group(2).isEmpty())) {
      return whole;
    }
    return single.group(1).isEmpty()
        ? suffix(Long.parseLong(single.group(2)), fileBytes)
        : between(single, fileBytes);
  }

  private static ByteRange between(Matcher single, long fileBytes) {
    long first = Long.parseLong(single.group(1));
    long last = single.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(single.group(2));
    if (last < first) {
      // Not a range at all: the field is to be ignored.
      return new ByteRange(0, fileBytes - 1);
    }
    if (first >= fileBytes) {
      throw unsatisfiable(fileBytes);
    }
    return new ByteRange(first, Math.min(last, fileBytes - 1));
  }

  private static ByteRange suffix(long length, long fileBytes) {
    if (length == 0) {
      throw unsatisfiable(fileBytes);
    }
    return new ByteRange(Math.max(0, fileBytes - length), fileBytes - 1);
  }

  private static ProblemException unsatisfiable(long fileBytes) {
    return new ProblemException(
        ProblemType.RANGE_NOT_SATISFIABLE,
        "The file has " + fileBytes + " bytes.",
        List.of(),
        Map.of("Content-Range", "bytes */" + fileBytes));
  }

  long lengthBytes() {
    return last - first + 1;
  }

  boolean isWhole(long fileBytes) {
    return lengthBytes() == fileBytes;
  }

  /** The value of the field {@code Content-Range}. */
  String header(long fileBytes) {
    return "bytes " + first + "-" + last + "/" + fileBytes;
  }
}
