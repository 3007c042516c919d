package dev.lapidary.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValueStoreTest {
  private static final Comparator<String> UTF8 =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;
  private FacetDatabase database;
  private KeyValueStore pairs;

  @BeforeEach
  void open() {
    database = Rows.open(directory);
    pairs = database.keyValues();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private List<String> keys(KeyRange range) {
    List<String> keys = new ArrayList<>();
    for (KeyRange rest = range; rest != null; ) {
      KeyValueStore.Batch batch = pairs.list(rest);
      batch.entries().forEach(entry -> keys.add(entry.key()));
      rest = batch.rest();
    }
    return keys;
  }

  @Test
  void readsAndDeletesDoNotMakeTheTable() {
    assertThat(pairs.get("a")).isNull();
    assertThat(pairs.delete("a")).isFalse();
    assertThat(keys(KeyRange.ALL)).isEmpty();
    assertThat(database.commit()).isFalse();
    assertThat(Rows.of(database, "select * from sqlite_master")).isEmpty();
  }

  @Test
  void aPairIsReplacedAndDeleted() {
    pairs.put("", new byte[] {1});
    pairs.put("", new byte[0]);
    assertThat(pairs.get("")).isEmpty();
    assertThat(pairs.delete("")).isTrue();
    assertThat(pairs.delete("")).isFalse();
    assertThat(pairs.get("")).isNull();
    assertThat(database.takeUsage()).isEqualTo(new Usage(2, 3));
  }

  @Test
  void keysWithNulAndLoneSurrogatesAreSafe() {
    pairs.put("a\0b", new byte[] {1});
    pairs.put("a", new byte[] {2});
    pairs.put("x\uD800", new byte[] {3});

    assertThat(keys(KeyRange.ALL)).containsExactly("a", "a\0b", "x\uFFFD");
    assertThat(pairs.get("a\0b")).containsExactly(1);
    assertThat(pairs.get("x\uFFFD")).containsExactly(3);
    assertThat(keys(KeyRange.ALL.after("a"))).containsExactly("a\0b", "x\uFFFD");
  }

  @Test
  void keysAndValuesAreLimited() {
    pairs.put("é".repeat(1024), new byte[2 << 20]);
    assertThatThrownBy(() -> pairs.put("é".repeat(1024) + "x", new byte[0]))
        .hasMessage("Keys cannot be larger than 2048 bytes. A key of size 2049 was provided.");
    assertThatThrownBy(() -> pairs.put("k", new byte[(2 << 20) + 1]))
        .hasMessage(
            "Values cannot be larger than 2097152 bytes. A value of size 2097153 was provided.");
    assertThatThrownBy(() -> KeyRange.ALL.limited(0)).hasMessage("List limit must be positive.");
  }

  @Test
  void aPrefixHoldsAllOfUnicode() {
    String last = Character.toString(Character.MAX_CODE_POINT);
    List<String> keys =
        List.of("a", "a\uD7FF", "a\uE000", "a\uFFFF", "a" + last, "b", last, last + last);
    keys.forEach(key -> pairs.put(key, new byte[0]));

    assertThat(keys(KeyRange.ALL)).containsExactlyElementsOf(keys);
    assertThat(keys(KeyRange.ALL.prefix("a"))).containsExactlyElementsOf(keys.subList(0, 5));
    assertThat(keys(KeyRange.ALL.prefix("a\uD7FF"))).containsExactly("a\uD7FF");
    assertThat(keys(KeyRange.ALL.prefix("a" + last))).containsExactly("a" + last);
    assertThat(keys(KeyRange.ALL.prefix(last))).containsExactly(last, last + last);
    assertThat(keys(KeyRange.ALL.prefix("").reversed())).containsExactlyElementsOf(keys.reversed());
  }

  @Test
  void aLongListComesInBatches() {
    for (int i = 0; i < 700; i++) {
      pairs.put("k%04d".formatted(i), new byte[1]);
    }
    assertThat(pairs.list(KeyRange.ALL).entries()).hasSize(256);
    assertThat(keys(KeyRange.ALL)).hasSize(700).doesNotHaveDuplicates();
    assertThat(keys(KeyRange.ALL.reversed().limited(600)))
        .hasSize(600)
        .startsWith("k0699")
        .endsWith("k0100");
    for (int i = 0; i < 4; i++) {
      pairs.put("big" + i, new byte[1 << 20]);
    }
    assertThat(pairs.list(KeyRange.ALL.prefix("big")).entries()).hasSizeLessThanOrEqualTo(2);
    assertThat(keys(KeyRange.ALL.prefix("big"))).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anySequenceOfCallsActsAsASortedMap(long round) {
    long seed = System.nanoTime() + round;
    System.out.println("KeyValueStoreTest seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, byte[]> model = new TreeMap<>(UTF8);
    TreeMap<String, byte[]> committed = new TreeMap<>(UTF8);
    for (int i = 0; i < 3000; i++) {
      String key = key(random);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          byte[] value = new byte[random.nextInt(50)];
          random.nextBytes(value);
          pairs.put(key, value);
          model.put(key, value);
        }
        case 3 ->
            assertThat(pairs.delete(key)).as("seed %d", seed).isEqualTo(model.remove(key) != null);
        case 4 -> assertThat(pairs.get(key)).as("seed %d", seed).isEqualTo(model.get(key));
        case 5 -> list(random, model, seed);
        case 6 -> {
          if (random.nextInt(4) == 0) {
            database.commit();
            committed = new TreeMap<>(model);
          }
        }
        default -> {
          if (random.nextInt(10) == 0) {
            database.rollback();
            model = new TreeMap<>(committed);
          }
        }
      }
    }
    assertThat(keys(KeyRange.ALL)).as("seed %d", seed).containsExactlyElementsOf(model.keySet());
  }

  private void list(Random random, Map<String, byte[]> model, long seed) {
    String start = key(random);
    String end = key(random);
    String prefix = random.nextBoolean() ? "" : random.nextBoolean() ? "a" : "b";
    boolean reverse = random.nextBoolean();
    int limit = 1 + random.nextInt(20);
    List<String> expected =
        new ArrayList<>(
            model.entrySet().stream()
                .map(Map.Entry::getKey)
                .filter(k -> UTF8.compare(k, start) >= 0 && UTF8.compare(k, end) < 0)
                .filter(k -> k.startsWith(prefix))
                .toList());
    if (reverse) {
      expected = expected.reversed();
    }
    KeyRange range = KeyRange.ALL.from(start).before(end).prefix(prefix).limited(limit);
    assertThat(keys(reverse ? range.reversed() : range))
        .as("seed %d from %s before %s prefix %s", seed, start, end, prefix)
        .containsExactlyElementsOf(expected.subList(0, Math.min(limit, expected.size())));
  }

  private static String key(Random random) {
    int[] points = {
      'a', 'b', 0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff
    };
    StringBuilder key = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      key.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return key.toString();
  }
}
