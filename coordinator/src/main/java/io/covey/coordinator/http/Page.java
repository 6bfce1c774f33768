package io.covey.coordinator.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** Part of a list, with the cursor that leads to the rest. */
final class Page {
  private Page() {}

  /**
   * Shows the first {@code limit} of {@code found}.
   *
   * @param found in the list's order from the cursor on; one more than the limit when there are
   *     more
   * @param cursor of an element: where the page behind it begins
   */
  static <T> JsonObject of(
      List<T> found, int limit, Function<T, JsonObject> view, Function<T, Object> cursor) {
    boolean more = found.size() > limit;
    List<T> shown = more ? found.subList(0, limit) : found;
    JsonArray items = new JsonArray();
    shown.forEach(element -> items.add(view.apply(element)));
    return new JsonObject()
        .put("items", items)
        .put("nextCursor", more ? cursor.apply(shown.get(limit - 1)) : null);
  }
}
