package dev.lapidary.engine.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObjectIdTest {
  @Test
  void anIdFromANameIsTheOneThatWorkerdComputes() {
    assertThat(ObjectId.fromName("mykey", "name").hex())
        .isEqualTo("3652ef6221834806dc8df802d1d216e27b7d07e0a6b7adf6cfdaeec90f06459a");
  }

  @Test
  void differentNamesAndNamespacesHaveDifferentIds() {
    assertThat(ObjectId.fromName("a", "x")).isNotEqualTo(ObjectId.fromName("a", "y"));
    assertThat(ObjectId.fromName("a", "x")).isNotEqualTo(ObjectId.fromName("b", "x"));
  }

  @Test
  void shardsAreWithinRangeAndSpread() {
    var shards =
        IntStream.range(0, 10_000)
            .map(i -> ObjectId.fromName("n", "object " + i).shard())
            .boxed()
            .toList();
    assertThat(shards).allMatch(shard -> shard >= 0 && shard < ObjectId.SHARDS);
    assertThat(shards.stream().distinct().count()).isGreaterThan(7_000);
  }

  @Test
  void whatIsNot64HexDigitsIsRefused() {
    for (String bad :
        new String[] {"", "abc", "../../etc/passwd", "A".repeat(64), "0".repeat(65)}) {
      assertThatThrownBy(() -> new ObjectId(bad))
          .hasMessage("Invalid Durable Object ID: must be 64 hex digits");
    }
  }
}
