package dev.lapidary.engine.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// One step of a random history of a database: what, and three small numbers that say of what. Any
/// list of them is a valid history, so one that fails can be cut down.
record ModelOp(Kind kind, int a, int b, int c) {

  enum Kind {
    PUT(16),
    PUT_LARGE(5),
    GET(10),
    DELETE(7),
    LIST(5),
    INSERT(10),
    INSERT_TWO(4),
    UPSERT(5),
    UPDATE(5),
    DELETE_ROWS(3),
    SELECT(6),
    INSERT_OR_ROLLBACK(1),
    VIOLATE(1),
    SAVEPOINT(5),
    RELEASE(4),
    ROLLBACK_TO(2),
    COMMIT(9),
    ROLLBACK(1),
    CREATE(1),
    INDEX(1),
    DELETE_ALL(1),
    CURSOR(2),
    REOPEN(1),
    INTERRUPT(1),
    SIBLING(1);

    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    boolean isInjection() {
      return this == INTERRUPT || this == SIBLING;
    }
  }

  private static final List<Kind> DICE = dice();

  private static List<Kind> dice() {
    List<Kind> dice = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.weight; i++) {
        dice.add(kind);
      }
    }
    return dice;
  }

  static ModelOp random(Random random) {
    Kind kind = DICE.get(random.nextInt(DICE.size()));
    return new ModelOp(kind, random.nextInt(40), random.nextInt(40), random.nextInt(1_000));
  }

  static List<ModelOp> history(long seed, int length) {
    Random random = new Random(seed);
    List<ModelOp> history = new ArrayList<>(length + 1);
    history.add(new ModelOp(Kind.CREATE, 0, 0, 0));
    for (int i = 0; i < length; i++) {
      history.add(random(random));
    }
    return history;
  }

  String key() {
    return "key-" + a;
  }

  /// Where a listing ends, before or behind where it starts.
  String otherKey() {
    return "key-" + b;
  }

  /// A value that tells itself from others: small, or up to 60 KB.
  byte[] value() {
    byte[] value = new byte[kind == Kind.PUT_LARGE ? 1_000 + 60 * c : c % 100];
    Arrays.fill(value, (byte) (31 * b + c));
    return value;
  }

  long id() {
    return a;
  }

  /// Unique in its table, and often taken.
  String name() {
    return "name-" + b;
  }

  @Override
  public String toString() {
    return kind + "(" + a + "," + b + "," + c + ")";
  }
}
